import { Button, Checkbox, Group } from '@mantine/core';
import { useState } from 'react';
import { Section } from './Section';
import { ErrorNote } from './States';

interface ConfirmDeleteProps {
    title: string;
    text: string;
    confirm: string;
    submit: string;
    error: unknown;
    busy: boolean;
    onDelete: () => void;
}

/** Deleting for good: what goes with it, a box to tick, then the button. */
export function ConfirmDelete({ title, text, confirm, submit, error, busy, onDelete }: ConfirmDeleteProps) {
    const [sure, setSure] = useState(false);
    return (
        <Section title={title} text={text}>
            {error != null && <ErrorNote error={error} />}
            <Checkbox
                label={confirm}
                checked={sure}
                onChange={(event) => setSure(event.currentTarget.checked)}
            />
            <Group>
                <Button color="red.9" disabled={!sure} loading={busy} onClick={onDelete}>
                    {submit}
                </Button>
            </Group>
        </Section>
    );
}
