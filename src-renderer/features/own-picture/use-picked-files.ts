import { type RefObject, useEffect, useState } from 'react';
import { useOwnPicture } from '../../app/own-picture.ts';
import { toast } from '../../ui/toaster.tsx';

const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') === true;

/** Takes pictures that are dropped on the window, pasted into it, or picked with `input`. Returns whether one hovers over it. */
export function usePickedFiles(input: RefObject<HTMLInputElement | null>): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const take = (files: FileList | null | undefined): void => {
      const [file] = files ?? [];
      if (file === undefined) {
        toast.failure(
          'Nothing to ask about',
          new Error('No file was dropped: drop a PNG, JPEG or WebP picture.'),
        );
        return;
      }
      useOwnPicture.getState().choose(file);
    };
    const onDrag = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      // Without it the browser would open the file in place of the window.
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer?.files);
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (!hasFiles(event.clipboardData)) return;
      event.preventDefault();
      take(event.clipboardData?.files);
    };
    useOwnPicture.setState({ browse: () => input.current?.click() });
    const ends = new AbortController();
    const { signal } = ends;
    window.addEventListener('dragenter', onDrag, { signal });
    window.addEventListener('dragover', onDrag, { signal });
    window.addEventListener('dragleave', onLeave, { signal });
    window.addEventListener('drop', onDrop, { signal });
    window.addEventListener('paste', onPaste, { signal });
    return () => ends.abort();
  }, [input]);
  return over;
}
