import type { CaptureSpec } from '#shared/domain/capture.ts';
import type { ModelFile } from '#shared/domain/model.ts';
import { usePicture } from '../image/use-picture.ts';
import { CaptureForm } from './capture-form.tsx';
import { geometryOf } from './capture-size.ts';

interface Props {
  readonly capture: CaptureSpec;
  readonly target: ModelFile | undefined;
  readonly projector: ModelFile | undefined;
  /** address of the sample's picture, whose size decides how many patches some projectors give */
  readonly picture: string | null;
  readonly onChange: (capture: CaptureSpec) => void;
}

/** The form of what is recorded, with the sizes of the chosen models and sample. */
export function CaptureSetting({ capture, target, projector, picture, onChange }: Props) {
  const { element } = usePicture(picture);
  const size = element === null ? null : { width: element.naturalWidth, height: element.naturalHeight };
  return (
    <CaptureForm capture={capture} known={geometryOf(target, projector, size)} off onChange={onChange} />
  );
}
