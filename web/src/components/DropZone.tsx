import { Button, Progress, Stack, Text } from '@mantine/core';
import { useRef, useState, type DragEvent, type ReactNode } from 'react';

interface DropZoneProps {
    title: string;
    choose: string;
    hint: ReactNode;
    accept?: string;
    /** Share sent (0..1) with its text, while a file is on its way. */
    progress?: { share: number; label: string; value: string };
    onFile: (file: File) => void;
}

/** A place to drop one file; its button does the same for the keyboard. */
export function DropZone({ title, choose, hint, accept, progress, onFile }: DropZoneProps) {
    const input = useRef<HTMLInputElement>(null);
    const [over, setOver] = useState(false);
    const take = (files: FileList | null) => {
        const file = files?.[0];
        if (file && !progress) onFile(file);
    };
    const drop = (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
    };
    return (
        <div
            className="drop"
            data-over={over || undefined}
            onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
        >
            {progress ? (
                <Stack gap="xs" maw={420} mx="auto" role="status">
                    <Text fw={600}>{progress.label}</Text>
                    <Progress value={progress.share * 100} aria-label={progress.label} size="lg" />
                    <Text size="sm" c="dimmed">
                        {progress.value}
                    </Text>
                </Stack>
            ) : (
                <Stack gap="sm" align="center">
                    <Text fw={600} size="lg">
                        {title}
                    </Text>
                    <Button size="md" onClick={() => input.current?.click()}>
                        {choose}
                    </Button>
                    <Text size="sm" c="dimmed" maw={520} style={{ textWrap: 'balance' }}>
                        {hint}
                    </Text>
                </Stack>
            )}
            <input
                ref={input}
                type="file"
                hidden
                accept={accept}
                onChange={(event) => {
                    take(event.currentTarget.files);
                    event.currentTarget.value = '';
                }}
            />
        </div>
    );
}
