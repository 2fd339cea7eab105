import { draftFileOf } from '#shared/domain/method.ts';
import { headProblem, type ModelFile } from '#shared/domain/model.ts';
import { Field } from '../../../ui/field.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { Select } from '../../../ui/select.tsx';
import { methodTitles } from './labels.ts';
import { absent, idOf, modelOptions } from './model-options.ts';
import type { Settings } from './settings.ts';

interface Props {
  readonly settings: Pick<Settings, 'method' | 'target' | 'draft' | 'draftProjector'>;
  readonly files: readonly ModelFile[];
  readonly onChange: (patch: Partial<Settings>) => void;
}

/** What the method drafts with: a model and its projector, or a head of the target. */
export function DraftForm({ settings, files, onChange }: Props) {
  const needed = draftFileOf(settings.method);
  const kind = needed === 'model' ? null : needed;
  if (kind === null) {
    return (
      <>
        <Field label="Draft">
          <Select
            label="Draft"
            value={settings.draft ?? absent}
            options={modelOptions(files, 'decoder', 'None')}
            onChange={(id) => onChange({ draft: idOf(id) })}
          />
        </Field>
        <Field label="Projector of the draft">
          <Select
            label="Projector of the draft"
            value={settings.draftProjector ?? absent}
            options={modelOptions(files, 'projector', 'None: the draft does not see the image')}
            onChange={(id) => onChange({ draftProjector: idOf(id) })}
          />
        </Field>
      </>
    );
  }
  const target = files.find((file) => file.id === settings.target);
  const heads = files
    .filter((file) => file.role === 'head')
    .map((file) => {
      const problem = headProblem(file, kind, target);
      const detail = `${file.head ?? 'no'} head, ${file.quantisation}, ${formatBytes(file.bytes)}`;
      return { value: file.id, label: file.name, detail: problem ?? detail, disabled: problem !== null };
    })
    // Those that fit come first.
    .sort((a, b) => Number(a.disabled) - Number(b.disabled));
  return (
    <Field label={`Draft head for ${methodTitles[settings.method.name]}`}>
      <Select
        label="Draft head"
        value={settings.draft ?? absent}
        options={heads.some((head) => !head.disabled) ? heads : [{ value: absent, label: 'None' }, ...heads]}
        onChange={(id) => onChange({ draft: idOf(id) })}
      />
    </Field>
  );
}
