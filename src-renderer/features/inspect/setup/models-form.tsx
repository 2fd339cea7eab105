import type { ModelFile, ModelSet } from '#shared/domain/model.ts';
import { Field } from '../../../ui/field.tsx';
import { Select } from '../../../ui/select.tsx';
import { DraftForm } from './draft-form.tsx';
import { absent, idOf, modelOptions } from './model-options.ts';
import { type Settings, setOf, withDraftFile, withSet } from './settings.ts';
import css from './setup.module.css';

interface Props {
  readonly settings: Settings;
  readonly files: readonly ModelFile[];
  readonly sets: readonly ModelSet[];
  readonly onChange: (patch: Partial<Settings>) => void;
}

/** A model set, or target, projector and draft one by one. */
export function ModelsForm({ settings, files, sets, onChange }: Props) {
  const set = setOf(settings, sets);
  return (
    <div className={css.models}>
      <Field label="Set">
        <Select
          label="Model set"
          value={set?.id ?? null}
          placeholder="Own choice"
          options={sets.map((s) => ({
            value: s.id,
            label: s.name,
            detail: s.note === '' ? undefined : s.note,
          }))}
          onChange={(id) => {
            const chosen = sets.find((s) => s.id === id);
            if (chosen !== undefined) onChange(withDraftFile(withSet(settings, chosen), files, sets));
          }}
        />
      </Field>
      <Field label="Target">
        <Select
          label="Target"
          value={settings.target}
          options={modelOptions(files, 'decoder', null)}
          onChange={(id) => onChange(withDraftFile({ ...settings, target: id }, files, sets))}
        />
      </Field>
      <Field label="Projector of the target">
        <Select
          label="Projector of the target"
          value={settings.projector ?? absent}
          options={modelOptions(files, 'projector', 'None: text only')}
          onChange={(id) => onChange({ projector: idOf(id) })}
        />
      </Field>
      <DraftForm settings={settings} files={files} onChange={onChange} />
    </div>
  );
}
