import { ScanEye } from 'lucide-react';
import { useState } from 'react';
import { type CaptureSpec, captureBytes } from '#shared/domain/capture.ts';
import { Button } from '../../../ui/button.tsx';
import { formatBytes, plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { Progress } from '../../../ui/progress.tsx';
import { CaptureForm } from '../setup/capture-form.tsx';
import type { KnownGeometry } from '../setup/capture-size.ts';
import css from './image.module.css';
import type { Recapture } from './use-recapture.ts';

interface Props {
  readonly recapture: Recapture;
  readonly known: KnownGeometry;
  /** tokens of the run */
  readonly tokens: number;
  /** what to begin with: that which is missing where the button stands */
  readonly wanted: CaptureSpec;
}

/** A button whose popover reads the attention of the finished run again, with another setting. */
export function CaptureAgain({ compact = false, ...form }: Props & { readonly compact?: boolean }) {
  return (
    <Popover
      title="Capture again"
      align="end"
      trigger={
        compact ? (
          <IconButton label="Capture again" size="s">
            <ScanEye />
          </IconButton>
        ) : (
          <Button size="s" icon={<ScanEye />}>
            Capture again
          </Button>
        )
      }
    >
      <CaptureAgainForm {...form} />
    </Popover>
  );
}

/** What the popover holds; it keeps its own choice while it is open. */
function CaptureAgainForm({ recapture, known, tokens, wanted }: Props) {
  const [capture, setCapture] = useState(wanted);
  const { problem, running, progress } = recapture;
  return (
    <div className={css.again}>
      <p className={css.hint}>
        The recorded tokens go through the target once more, without a draft, and what is missing is added.
        Tokens and what is recorded already stay as they are.
      </p>
      <CaptureForm capture={capture} known={known} off={false} onChange={setCapture} />
      <p className={css.hint}>{wholeRun(capture, known, tokens)}</p>
      <div className={css.againRun}>
        {running ? (
          <>
            <Progress className={css.againProgress} label="Attention that is read" value={progress} />
            <Button size="s" onClick={recapture.stop}>
              Stop
            </Button>
          </>
        ) : (
          <>
            <p className={css.hint}>{problem ?? ''}</p>
            <Button
              size="s"
              variant="primary"
              disabled={problem !== null}
              onClick={() => recapture.start(capture)}
            >
              Read the attention
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function wholeRun(capture: CaptureSpec, { layers, heads, patches }: KnownGeometry, tokens: number): string {
  if (layers === null || heads === null || patches === null) return '';
  if (typeof capture.layers === 'object' && capture.layers.some((layer) => layer >= layers)) return '';
  const bytes = captureBytes(capture, { layers, heads, patches }, tokens);
  return `For the ${plural(tokens, 'token')} of this run at most ${formatBytes(bytes)}.`;
}
