import type { Schemas } from '../api/types';

type S = Schemas;

/** Made-up answers in the server's shapes, for the tests of the pages. */
export const me: S['WhoAmI'] = {
    user: {
        id: 1,
        name: 'ada',
        administrator: true,
        operates: false,
        language: null,
        email: null,
        two_factor: false,
        created_at: 1.7e12,
        disabled_at: null,
    },
    via: 'session',
    scope: 'admin',
    csrf_token: 'token-1',
    language: 'en',
};

const format: S['CellFormat'] = {
    decimal_mark: '.',
    thousands_mark: '',
    date_format: '',
    true_words: [],
    false_words: [],
    missing_words: [],
};
const column = (
    name: string,
    physical: string,
    type: S['Column']['type'],
    kept_as_text = '',
): S['Column'] => ({
    name,
    physical,
    type,
    format,
    kept_as_text,
});

export const columns = [
    column('Survived', 'c0001', 'boolean'),
    column('Name', 'c0002', 'text'),
    column('Sex', 'c0003', 'text'),
    column('Age', 'c0004', 'real'),
    column('Embarked', 'c0005', 'date'),
    column('Cabin', 'c0006', 'text', 'leading_zeros'),
];

export const dataset: S['Dataset'] = {
    id: 7,
    project_id: 1,
    name: 'titanic.csv',
    file_name: 'titanic.csv',
    size_bytes: 60302,
    sha256: 'ab'.repeat(32),
    state: 'ready',
    current_version_id: 12,
    rows: 889,
    columns: 6,
    job_id: 3,
    problem: null,
    created_by: 1,
    created_at: 1.79e12,
};

export const receipt: S['Receipt'] = {
    bytes: 60302,
    sha256: 'ab'.repeat(32),
    dialect: {
        encoding: 'UTF-8',
        byte_order_mark: false,
        delimiter: ';',
        quote: '"',
        escape: '"',
        line_end: 'lf',
        header: true,
        header_rows: 1,
        skipped_lines: 2,
    },
    rows_in: 891,
    rows_kept: 889,
    rows_rejected: 2,
    blank_lines: 1,
    remark_lines: 0,
    rows_repaired: 0,
    repair_counts: [],
    first_repairs: [],
    reject_counts: [{ reason: 'too_many_cells', rows: 2 }],
    first_rejects: [
        { line: 14, reason: 'too_many_cells' },
        { line: 502, reason: 'too_many_cells' },
    ],
    columns,
    kept_as_text: [{ column: 'Cabin', reason: 'leading_zeros', cells: 3 }],
    evidence: [
        { about: 'date_order', column: 'Embarked', found: '%d/%m/%Y', count_for: 412, count_against: 0 },
        { about: 'type', column: 'Survived', found: 'integer', count_for: 889, count_against: 0 },
        { about: 'decimal_mark', column: 'Age', found: '.', count_for: 700, count_against: 0 },
    ],
    renamed: ['column_4'],
    notes: [],
    reader: 'reading@1',
};

const version = (
    id: number,
    parent_id: number | null,
    step: S['Version']['step'],
    current: boolean,
): S['Version'] => ({
    id,
    dataset_id: 7,
    parent_id,
    ready: true,
    current,
    step,
    rows: 889,
    rows_removed: 0,
    cells_changed: parent_id === null ? 0 : 177,
    column_count: 6,
    created_by: 1,
    created_at: 1.79e12,
});

export const view: S['View'] = {
    dataset,
    versions: [
        version(11, null, null, false),
        version(12, 11, { step: 'fill_missing@1', columns: ['Age'], options: { strategy: 'median' } }, true),
    ],
    columns,
    receipt,
};

const profileOf = (
    name: string,
    physical: string,
    type: S['Column']['type'],
    rest: Partial<S['ColumnProfile']>,
) => ({
    name,
    physical,
    type,
    count: 889,
    missing: 0,
    distinct: 2,
    distinct_exact: true,
    mean: null,
    standard_deviation: null,
    zeros: null,
    minimum: null,
    maximum: null,
    minimum_text: '',
    maximum_text: '',
    quantiles: [],
    histogram: null,
    top_values: [],
    length_mean: null,
    length_minimum: null,
    length_maximum: null,
    alerts: [],
    ...rest,
});

export const profile: S['Profile'] = {
    rows: 889,
    column_count: 6,
    missing_cells: 864,
    duplicate_rows: 3,
    columns: [
        profileOf('Survived', 'c0001', 'boolean', {
            top_values: [
                { value: 'false', count: 549 },
                { value: 'true', count: 340 },
            ],
        }),
        profileOf('Name', 'c0002', 'text', { distinct: 889, length_mean: 26.9, alerts: ['unique'] }),
        profileOf('Sex', 'c0003', 'text', {
            top_values: [
                { value: 'male', count: 577 },
                { value: 'female', count: 312 },
            ],
        }),
        profileOf('Age', 'c0004', 'real', {
            count: 712,
            missing: 177,
            distinct: 88,
            mean: 29.69,
            standard_deviation: 14.52,
            minimum: 0.42,
            maximum: 80,
            minimum_text: '0.42',
            maximum_text: '80',
            quantiles: [1, 4, 20.1, 28, 38, 56, 65.8],
            histogram: { low: 0.42, high: 80, counts: [40, 54, 46, 177, 169, 118, 70, 45, 24, 9] },
        }),
        profileOf('Embarked', 'c0005', 'date', {
            minimum_text: '1912-04-10',
            maximum_text: '1912-04-12',
            quantiles: [-21085, -21085, -21085, -21084, -21084, -21083, -21083],
            histogram: { low: -21085, high: -21083, counts: [168, 77, 644] },
        }),
        profileOf('Cabin', 'c0006', 'text', {
            count: 202,
            missing: 687,
            distinct: 146,
            top_values: [{ value: '0G6', count: 4 }],
            alerts: ['high_missing', 'constant'],
        }),
    ],
    correlations: [{ a: 'Age', b: 'Fare', value: -0.42 }],
    alerts: [],
};

export const rows: S['RowsPage'] = {
    version_id: 12,
    offset: 0,
    total_rows: 889,
    matching_rows: 40,
    columns,
    row_ids: Array.from({ length: 40 }, (_, i) => i + 1),
    rows: Array.from({ length: 40 }, (_, i) => [
        i % 3 === 0,
        `Person ${i}`,
        i % 2 ? 'male' : 'female',
        i % 5 ? 20.5 + i : null,
        '1912-04-10',
        null,
    ]),
};

const option = (name: string, type: string, choices: string[] = [], required = false) => ({
    name,
    type,
    choices,
    required,
});
const stepOptions: Record<string, S['OptionInfo'][]> = {
    'fill_missing@1': [
        option('strategy', 'choice', ['mean', 'median', 'mode', 'constant'], true),
        option('value', 'value'),
    ],
    'rename_column@1': [option('name', 'text', [], true)],
    'change_type@1': [
        option('type', 'choice', ['integer', 'real', 'text', 'date'], true),
        option('date_format', 'text'),
        option('decimal_mark', 'choice', ['.', ',']),
    ],
};

export const steps: S['StepCatalogue'] = {
    steps: [
        'trim@1',
        'drop_column@1',
        'rename_column@1',
        'change_type@1',
        'drop_duplicates@1',
        'fill_missing@1',
    ].map((step) => ({
        step,
        kind: 'row' as const,
        fitted: false,
        at_prediction: 'apply' as const,
        onnx: '',
        column_types: step === 'trim@1' ? ['text'] : [],
        columns_min: /drop_column|rename|change/.test(step) ? 1 : 0,
        columns_max: step === 'rename_column@1' ? 1 : 0,
        options: stepOptions[step] ?? [],
    })),
};

export const job: S['Job'] = {
    id: 3,
    project_id: 1,
    dataset_id: 7,
    kind: 'read',
    state: 'running',
    progress: 0.4,
    stage: '',
    attempt: 1,
    attempts_max: 3,
    reason: '',
    details: null,
    latest_event: null,
    cancel_requested: false,
    created_at: 1.79e12,
    started_at: 1.79e12,
    finished_at: null,
    memory_peak_bytes: null,
};

const interval = (low: number, high: number) => ({ low, high, source: 'wilson' });
const line = (name: string, accuracy: number, auc: number, fit_s: number): S['LeaderboardLine'] => ({
    name,
    choice_score: auc,
    scores: [
        { name: 'roc_auc', value: auc, interval: interval(auc - 0.04, auc + 0.04) },
        { name: 'accuracy', value: accuracy, interval: interval(accuracy - 0.05, accuracy + 0.05) },
        { name: 'log_loss', value: 0.44, interval: interval(0.4, 0.5) },
    ],
    fit_s,
    trees: 100,
});

export const report: S['Report'] = {
    target: 'Survived',
    task: 'binary',
    classes: ['false', 'true'],
    best: 'RandomForestClassifier',
    leaderboard: [
        line('RandomForestClassifier', 0.83, 0.87, 0.31),
        line('LogisticRegression', 0.8, 0.85, 0.02),
        line('Baseline', 0.62, 0.5, 0),
    ],
    verdict: {
        kind: 'better',
        score: 'accuracy',
        value: 0.83,
        interval: interval(0.78, 0.87),
        baseline: 0.62,
        column: '',
        caveats: ['few_rows', 'excluded_columns'],
    },
    confusion: [98, 12, 18, 50],
    importance: [
        { column: 'Sex', share: 0.44 },
        { column: 'Age', share: 0.31 },
        { column: 'Embarked', share: 0.25 },
    ],
    excluded: [{ column: 'Name', reason: 'identifier' }],
    rows: 889,
    rows_without_target: 0,
    held_out_rows: 178,
    split: 'random',
    seed: 1,
    wall_s: 3.2,
};
