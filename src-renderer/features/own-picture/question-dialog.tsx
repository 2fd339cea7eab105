import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import type { CallOutput } from '#shared/contract/calls.ts';
import { useApi } from '../../api/api-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { formatBytes } from '../../ui/format.ts';
import { ErrorState, errorText, LoadingState } from '../../ui/state.tsx';
import css from './own-picture.module.css';
import { sendPicture } from './send-picture.ts';

interface Props {
  readonly file: File;
  readonly onClose: () => void;
  readonly onAsked: (sample: CallOutput<'pictures.ask'>) => void;
}

/** Shows the picture, or why it cannot be used, and takes the question. */
export function QuestionDialog({ file, onClose, onAsked }: Props) {
  const api = useApi();
  const [question, setQuestion] = useState('Describe this picture.');
  const field = useRef<HTMLTextAreaElement>(null);
  const form = useId();
  const name = file.name === '' ? 'pasted picture' : file.name;
  const url = useObjectUrl(file);
  const sent = useQuery({
    queryKey: ['own-picture', useId()],
    queryFn: async () => {
      const upload = await sendPicture(api, file);
      return { upload, ...(await api.call('pictures.check', { upload, name })) };
    },
    gcTime: 0,
  });
  const ask = useMutation({
    mutationFn: (upload: string) => api.call('pictures.ask', { upload, name, question }),
    onSuccess: onAsked,
  });
  const ready = sent.data;
  useEffect(() => {
    if (ready !== undefined) field.current?.select();
  }, [ready]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width="520px"
      title="Ask about this picture"
      description="It is kept with your question in the data set “Own pictures”, on the machine that runs Specula."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            disabled={ready === undefined || question.trim() === ''}
            busy={ask.isPending}
          >
            Open in Inspect
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready !== undefined && question.trim() !== '') ask.mutate(ready.upload);
        }}
      >
        <div className={css.picture}>
          {sent.error !== null ? (
            <ErrorState title={`${name} cannot be used`} error={sent.error} />
          ) : ready === undefined ? (
            <LoadingState label="Reading the picture" />
          ) : (
            url !== null && <img src={url} alt={name} />
          )}
        </div>
        {ready !== undefined && (
          <>
            <p className={css.facts}>
              {name}, {ready.width} × {ready.height} px, {formatBytes(file.size)}
            </p>
            <Field label="Question">
              <textarea
                ref={field}
                className={css.question}
                aria-label="Question"
                rows={3}
                maxLength={20_000}
                value={question}
                onChange={(event) => setQuestion(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
                  event.preventDefault();
                  event.currentTarget.form?.requestSubmit();
                }}
              />
            </Field>
          </>
        )}
        <p role="alert" className={css.error}>
          {ask.isError ? errorText(ask.error) : ''}
        </p>
      </form>
    </Dialog>
  );
}

/** An address of the file's content for as long as the component shows it. */
function useObjectUrl(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
