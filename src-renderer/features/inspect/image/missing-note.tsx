import type { CaptureSpec } from '#shared/domain/capture.ts';
import type { KnownGeometry } from '../setup/capture-size.ts';
import { CaptureAgain } from './capture-again.tsx';
import type { Missing } from './heat.ts';
import css from './image.module.css';
import type { Recapture } from './use-recapture.ts';

interface Props {
  readonly missing: Missing;
  readonly recapture: Recapture;
  readonly known: KnownGeometry;
  readonly tokens: number;
  readonly wanted: CaptureSpec;
}

/** What was not recorded, and how to get it. */
export function MissingNote({ missing, ...rest }: Props) {
  return (
    <div className={css.missing}>
      <p className={css.message}>{missing.words}</p>
      {missing.remedy && <CaptureAgain {...rest} />}
    </div>
  );
}
