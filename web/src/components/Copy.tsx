import { Alert, Button, Code, CopyButton, Group, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Copies a text and says so. */
export function Copy({ text }: { text: string }) {
    const { t } = useTranslation();
    return (
        <CopyButton value={text}>
            {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                    {t(copied ? 'base:ui.copied' : 'base:ui.copy')}
                </Button>
            )}
        </CopyButton>
    );
}

/** What is shown this once: a token, the address of a link. */
export function ShownOnce({ title, text }: { title: string; text: string }) {
    return (
        <Alert variant="outline" role="status" title={title}>
            <Group>
                <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
                    {text}
                </Code>
                <Copy text={text} />
            </Group>
        </Alert>
    );
}

/** For how many days something is to last. */
export function DaysInput({
    label,
    value,
    onChange,
}: {
    label: string;
    value: number | string;
    onChange: (days: number | string) => void;
}) {
    return (
        <NumberInput
            label={label}
            min={1}
            max={3650}
            allowDecimal={false}
            hideControls
            value={value}
            onChange={onChange}
        />
    );
}
