// Made from the server's structs.
export interface components {
    schemas: {
        Scope: 'read' | 'write' | 'admin';
        LanguageChoice: 'en' | 'fr';
        Role: 'viewer' | 'editor' | 'owner';
        ProjectKind: 'personal' | 'inbox' | 'shared';
        DatasetState: 'reading' | 'ready' | 'cleaning' | 'failed';
        State: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
        ColumnType: 'integer' | 'real' | 'boolean' | 'text' | 'date' | 'timestamp' | 'time';
        StepKind: 'row' | 'table';
        AtPrediction: 'apply' | 'skip' | 'refuse';
        Task: 'automatic' | 'binary' | 'multiclass' | 'regression';
        Preset: 'quick' | 'solid' | 'best';
        User: {
            id: number;
            name: string;
            administrator: boolean;
            language: components['schemas']['LanguageChoice'] | null;
            created_at: number;
            disabled_at: number | null;
        };
        SessionView: {
            id: number;
            created_at: number;
            seen_at: number;
            expires_at: number;
            address: string;
            agent: string;
            current: boolean;
        };
        TokenView: {
            id: number;
            label: string;
            prefix: string;
            scope: components['schemas']['Scope'];
            created_at: number;
            expires_at: number;
            used_at: number | null;
        };
        NewToken: {
            id: number;
            token: string;
            label: string;
            scope: components['schemas']['Scope'];
            expires_at: number;
        };
        SignInPage: {
            setup_needed: boolean;
            signed_in: boolean;
        };
        SignInQuery: {
            next: string | null;
        };
        SignInRequest: {
            name: string;
            password: string;
            next?: string | null;
        };
        SignedIn: {
            user: components['schemas']['User'];
            csrf_token: string;
            expires_at: number;
            next: string;
        };
        SignedOut: {
            next: string;
        };
        SetupQuery: {
            token: string | null;
        };
        SetupPage: {
            setup_needed: boolean;
        };
        SetupRequest: {
            token: string;
            name: string;
            password: string;
            language?: components['schemas']['LanguageChoice'] | null;
        };
        WhoAmI: {
            user: components['schemas']['User'];
            via: string;
            scope: components['schemas']['Scope'];
            csrf_token: string;
            language: components['schemas']['LanguageChoice'];
        };
        MeChange: {
            language?: components['schemas']['LanguageChoice'] | null;
            password?: string | null;
            current_password?: string | null;
        };
        SessionList: {
            sessions: components['schemas']['SessionView'][];
        };
        SessionPath: {
            session_id: number;
        };
        TokenList: {
            tokens: components['schemas']['TokenView'][];
        };
        TokenRequest: {
            label: string;
            scope?: components['schemas']['Scope'];
            days?: number;
        };
        TokenPath: {
            token_id: number;
        };
        PageQuery: {
            after: number;
            limit: number;
        };
        UserList: {
            users: components['schemas']['User'][];
        };
        UserRequest: {
            name: string;
            password: string;
            administrator?: boolean;
            language?: components['schemas']['LanguageChoice'] | null;
        };
        UserPath: {
            user_id: number;
        };
        UserPatch: {
            user_id?: number;
            administrator?: boolean | null;
            disabled?: boolean | null;
            password?: string | null;
            language?: components['schemas']['LanguageChoice'] | null;
        };
        Project: {
            id: number;
            name: string;
            kind: components['schemas']['ProjectKind'];
            created_at: number;
            role: components['schemas']['Role'];
        };
        Member: {
            user_id: number;
            name: string;
            role: components['schemas']['Role'];
            added_at: number;
        };
        Problem: {
            reason: string;
            message: string;
            hint: string;
            details: unknown;
        };
        Dataset: {
            id: number;
            project_id: number;
            name: string;
            file_name: string;
            size_bytes: number;
            sha256: string;
            state: components['schemas']['DatasetState'];
            current_version_id: number | null;
            rows: number | null;
            columns: number | null;
            job_id: number | null;
            problem: components['schemas']['Problem'] | null;
            created_by: number;
            created_at: number;
        };
        Version: {
            id: number;
            dataset_id: number;
            parent_id: number | null;
            ready: boolean;
            current: boolean;
            step: unknown;
            rows: number;
            rows_removed: number;
            cells_changed: number;
            column_count: number;
            created_by: number;
            created_at: number;
        };
        UploadAnswer: {
            file: string;
            message: string;
        };
        DatasetPath: {
            dataset_id: number;
        };
        PkPath: {
            pk: number;
        };
        DatasetQuery: {
            before: number;
            limit: number;
            project_id: number;
        };
        DatasetList: {
            datasets: components['schemas']['Dataset'][];
            total: number;
        };
        DatasetChange: {
            dataset_id: number;
            name: string;
        };
        VersionList: {
            versions: components['schemas']['Version'][];
        };
        VersionPath: {
            dataset_id: number;
            version_id: number;
        };
        View: {
            dataset: components['schemas']['Dataset'];
            versions: components['schemas']['Version'][];
            columns: components['schemas']['Column'][];
            receipt: components['schemas']['Receipt'] | null;
        };
        JobPath: {
            job_id: number;
        };
        JobQuery: {
            dataset_id: number;
            limit: number;
        };
        JobList: {
            jobs: components['schemas']['Job'][];
        };
        CleanRequest: {
            pk: number;
            steps?: components['schemas']['Step'][];
        };
        ColumnRequest: {
            pk: number;
            column: string;
            action: string;
            options?: Record<string, string | number | boolean | null>;
        };
        CleanAnswer: {
            dataset_id: number;
            version_id: number;
            job_id: number;
        };
        StepCatalogue: {
            steps: components['schemas']['StepInfo'][];
        };
        RowsQuery: {
            dataset_id: number;
            version_id: number;
            offset: number;
            limit: number;
            sort: string;
            descending: boolean;
            filter: string[];
        };
        RowsPage: {
            version_id: number;
            offset: number;
            total_rows: number;
            matching_rows: number;
            columns: components['schemas']['Column'][];
            row_ids: number[];
            rows: ((string | number | boolean | null)[])[];
        };
        Job: {
            id: number;
            project_id: number;
            dataset_id: number;
            kind: string;
            state: components['schemas']['State'];
            progress: number;
            stage: string;
            attempt: number;
            attempts_max: number;
            reason: string;
            details: unknown;
            latest_event: unknown;
            cancel_requested: boolean;
            created_at: number;
            started_at: number | null;
            finished_at: number | null;
            memory_peak_bytes: number | null;
        };
        CellFormat: {
            decimal_mark: string;
            thousands_mark: string;
            date_format: string;
            true_words: string[];
            false_words: string[];
            missing_words: string[];
        };
        Column: {
            name: string;
            physical: string;
            type: components['schemas']['ColumnType'];
            format: components['schemas']['CellFormat'];
            kept_as_text: string;
        };
        Schema: {
            columns: components['schemas']['Column'][];
        };
        Dialect: {
            encoding: string;
            byte_order_mark: boolean;
            delimiter: string;
            quote: string;
            escape: string;
            line_end: string;
            header: boolean;
            header_rows: number;
            skipped_lines: number;
        };
        Evidence: {
            about: string;
            column: string;
            found: string;
            count_for: number;
            count_against: number;
        };
        RejectCount: {
            reason: string;
            rows: number;
        };
        Reject: {
            line: number;
            reason: string;
        };
        KeptAsText: {
            column: string;
            reason: string;
            cells: number;
        };
        Receipt: {
            bytes: number;
            sha256: string;
            dialect: components['schemas']['Dialect'];
            rows_in: number;
            rows_kept: number;
            rows_rejected: number;
            blank_lines: number;
            reject_counts: components['schemas']['RejectCount'][];
            first_rejects: components['schemas']['Reject'][];
            columns: components['schemas']['Column'][];
            kept_as_text: components['schemas']['KeptAsText'][];
            evidence: components['schemas']['Evidence'][];
            renamed: string[];
            notes: string[];
            reader: string;
        };
        Step: {
            step: string;
            columns?: string[];
            options?: Record<string, string | number | boolean | null>;
        };
        Recipe: {
            steps: components['schemas']['Step'][];
        };
        OptionInfo: {
            name: string;
            type: string;
            choices: string[];
            required: boolean;
        };
        StepInfo: {
            step: string;
            kind: components['schemas']['StepKind'];
            fitted: boolean;
            at_prediction: components['schemas']['AtPrediction'];
            onnx: string;
            column_types: string[];
            options: components['schemas']['OptionInfo'][];
        };
        StepOutcome: {
            schema: components['schemas']['Schema'];
            rows_before: number;
            rows_after: number;
            cells_changed: number;
            constants: string;
        };
        Histogram: {
            low: number;
            high: number;
            counts: number[];
        };
        ValueCount: {
            value: string;
            count: number;
        };
        ColumnProfile: {
            name: string;
            physical: string;
            type: components['schemas']['ColumnType'];
            count: number;
            missing: number;
            distinct: number;
            distinct_exact: boolean;
            mean: number | null;
            standard_deviation: number | null;
            zeros: number | null;
            minimum: number | null;
            maximum: number | null;
            minimum_text: string;
            maximum_text: string;
            quantiles: number[];
            histogram: components['schemas']['Histogram'] | null;
            top_values: components['schemas']['ValueCount'][];
            length_mean: number | null;
            length_minimum: number | null;
            length_maximum: number | null;
            alerts: string[];
        };
        Correlation: {
            a: string;
            b: string;
            value: number;
        };
        Profile: {
            rows: number;
            column_count: number;
            missing_cells: number;
            duplicate_rows: number | null;
            columns: components['schemas']['ColumnProfile'][];
            correlations: components['schemas']['Correlation'][];
            alerts: string[];
        };
        Interval: {
            low: number;
            high: number;
            source: string;
        };
        TrainOptions: {
            families?: string[];
            trees?: number | null;
            leaves?: number | null;
            learning_rate?: number | null;
            folds?: number | null;
            seed?: number;
            threads?: number;
        };
        TrainRequest: {
            target: string;
            task?: components['schemas']['Task'];
            preset?: components['schemas']['Preset'];
            budget_s?: number;
            options?: components['schemas']['TrainOptions'];
        };
        TargetCandidate: {
            column: string;
            task: components['schemas']['Task'];
            rank: number;
            reasons: string[];
        };
        ExcludedColumn: {
            column: string;
            reason: string;
        };
        Score: {
            name: string;
            value: number;
            interval: components['schemas']['Interval'];
        };
        LeaderboardLine: {
            name: string;
            choice_score: number;
            scores: components['schemas']['Score'][];
            fit_s: number;
            trees: number;
        };
        Importance: {
            column: string;
            share: number;
        };
        Verdict: {
            kind: string;
            score: string;
            value: number;
            interval: components['schemas']['Interval'];
            baseline: number;
            column: string;
            caveats: string[];
        };
        Report: {
            target: string;
            task: components['schemas']['Task'];
            classes: string[];
            best: string;
            leaderboard: components['schemas']['LeaderboardLine'][];
            verdict: components['schemas']['Verdict'];
            confusion: number[];
            importance: components['schemas']['Importance'][];
            excluded: components['schemas']['ExcludedColumn'][];
            rows: number;
            rows_without_target: number;
            held_out_rows: number;
            split: string;
            seed: number;
            wall_s: number;
        };
        Description: {
            format: string;
            program_version: string;
            report: components['schemas']['Report'];
            preparation: number;
            models: string[];
            hashes: Record<string, string>;
        };
        Warning: {
            code: string;
            column: string;
        };
        Prediction: {
            prediction: string | number | boolean | null;
            probabilities: Record<string, number>;
            warnings: components['schemas']['Warning'][];
        };
        Model: {
            id: number;
            project_id: number;
            dataset_id: number;
            training_id: number;
            name: string;
            rank: number;
            target: string;
            task: string;
            metric: string;
            score: number;
            created_at: number;
        };
        Training: {
            id: number;
            project_id: number;
            dataset_id: number;
            version_id: number;
            job_id: number;
            state: components['schemas']['State'];
            request: components['schemas']['TrainRequest'];
            report: components['schemas']['Report'] | null;
            problem: components['schemas']['Problem'] | null;
            models: components['schemas']['Model'][];
            created_by: number;
            created_at: number;
            finished_at: number | null;
        };
        TrainingList: {
            trainings: components['schemas']['Training'][];
        };
        TrainingPath: {
            training_id: number;
        };
        NewTraining: {
            dataset_id: number;
            version_id?: number | null;
            target: string;
            task?: components['schemas']['Task'];
            preset?: components['schemas']['Preset'];
            budget_s?: number;
            options?: components['schemas']['TrainOptions'];
        };
        FormPath: {
            pk: number;
            model_name: string;
        };
        FormField: {
            column: string;
            type: components['schemas']['ColumnType'];
            categories: string[];
            low: number;
            high: number;
            typical: string;
            whole: boolean;
        };
        Form: {
            model: components['schemas']['Model'];
            classes: string[];
            fields: components['schemas']['FormField'][];
        };
        OneRow: {
            pk: number;
            model_name: string;
            values: Record<string, string | number | boolean | null>;
        };
        Answer: {
            model_id: number;
            model_name: string;
            prediction: string | number | boolean | null;
            probabilities: Record<string, number>;
            warnings: components['schemas']['Warning'][];
        };
        Row: {
            cells: Record<string, string | number | boolean | null>;
        };
        RowsToPredict: {
            model_id: number;
            rows: components['schemas']['Row'][];
        };
        Answers: {
            model_id: number;
            predictions: components['schemas']['Prediction'][];
        };
        ModelPath: {
            model_id: number;
        };
        ModelList: {
            models: components['schemas']['Model'][];
        };
        Batch: {
            id: number;
            project_id: number;
            model_id: number;
            job_id: number;
            file_name: string;
            state: components['schemas']['State'];
            rows: number;
            rows_rejected: number;
            problem: components['schemas']['Problem'] | null;
            created_at: number;
        };
        BatchPath: {
            batch_id: number;
        };
    };
}
