import { Grid, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useParams } from 'react-router';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { Answer } from './Answer';
import { BatchPart } from './BatchPart';
import { CardPart } from './CardPart';
import { useModelForm, usePredict, type ModelForm } from './queries';
import { RowForm, rowFromHash } from './RowForm';
import { modelLabel } from '../training/scores';

function OneCase({ datasetId, form }: { datasetId: number; form: ModelForm }) {
    const { t } = useTranslation();
    const predict = usePredict(datasetId, form.model.name);
    const { hash } = useLocation();
    const [first] = useState(() => rowFromHash(form.fields, hash));
    const { mutate } = predict;
    useEffect(() => {
        if (first) mutate(first);
    }, [first, mutate]);
    return (
        <Section title={t('predictions:ui.one')} text={t('predictions:ui.one_text')}>
            <Grid gap={40}>
                <Grid.Col span={{ base: 12, md: 7 }}>
                    <RowForm
                        fields={form.fields}
                        first={first}
                        busy={predict.isPending}
                        onRow={(row) => predict.mutate(row)}
                    />
                </Grid.Col>
                <Grid.Col span={{ base: 12, md: 5 }}>
                    <div
                        className="card answer"
                        style={{ padding: 24, position: 'sticky', top: 16 }}
                        aria-live="polite"
                    >
                        {predict.error ? (
                            <ErrorNote error={predict.error} />
                        ) : (
                            <Answer target={form.model.target} prediction={predict.data} />
                        )}
                    </div>
                </Grid.Col>
            </Grid>
        </Section>
    );
}

export default function TestModelPage() {
    const { t } = useTranslation();
    const { pk, model = '' } = useParams();
    const datasetId = Number(pk);
    const query = useModelForm(datasetId, model);
    const form = query.data;
    const title = form ? t('predictions:ui.title', { target: form.model.target }) : model;
    const lead = form && (
        <>
            {t('predictions:ui.lead', { model: modelLabel(t, form.model.name) })}{' '}
            <Link to={`/view/${datasetId}/?tab=predict&training=${form.model.training_id}`}>
                {t('predictions:ui.back')}
            </Link>
        </>
    );
    return (
        <Page title={title} lead={lead}>
            <Loaded query={query}>
                {(data) => (
                    <Stack gap={56}>
                        <OneCase datasetId={datasetId} form={data} />
                        <BatchPart pk={data.model.dataset_id} modelId={data.model.id} />
                        <CardPart modelId={data.model.id} />
                    </Stack>
                )}
            </Loaded>
        </Page>
    );
}
