import { useNavigate } from '@tanstack/react-router';
import { ImageUp } from 'lucide-react';
import { useRef } from 'react';
import { useActions } from '../../actions/use-actions.ts';
import { useOwnPicture } from '../../app/own-picture.ts';
import css from './own-picture.module.css';
import { QuestionDialog } from './question-dialog.tsx';
import { usePickedFiles } from './use-picked-files.ts';

/** Asking about a picture of one's own, on every screen: drop it, paste it, or choose its file. */
export function OwnPicture() {
  const input = useRef<HTMLInputElement>(null);
  const over = usePickedFiles(input);
  const { file, choose, browse } = useOwnPicture();
  const navigate = useNavigate();
  useActions([
    {
      id: 'window.own-picture',
      label: 'Ask about a picture of your own',
      group: 'Window',
      keys: ['i'],
      run: browse,
    },
  ]);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp"
        aria-label="Picture to ask about"
        onChange={(event) => {
          choose(event.currentTarget.files?.[0] ?? null);
          // The same file can be chosen again.
          event.currentTarget.value = '';
        }}
      />
      {over && (
        <div className={css.over} aria-hidden="true">
          <ImageUp />
          Drop a picture to ask about it
        </div>
      )}
      {file !== null && (
        <QuestionDialog
          // Another file is another question.
          key={`${file.name} ${file.size} ${file.lastModified}`}
          file={file}
          onClose={() => choose(null)}
          onAsked={({ dataSetId, sampleId }) => {
            choose(null);
            void navigate({ to: '/inspect', search: { dataSet: dataSetId, sample: sampleId } });
          }}
        />
      )}
    </>
  );
}
