import type { ModelFile, ModelRole } from '#shared/domain/model.ts';
import { formatBytes } from '../../../ui/format.ts';

/** Value of "none" in a list: an empty one would show the placeholder. Ids of files are never like this. */
export const absent = ':none';

/** The file that a value of a list stands for. */
export const idOf = (value: string): string | null => (value === absent ? null : value);

/** Files of a role as a list to choose from; `none`: how having none is called, null where one is needed. */
export function modelOptions(files: readonly ModelFile[], role: ModelRole, none: string | null) {
  return [
    ...(none === null ? [] : [{ value: absent, label: none }]),
    ...files
      .filter((file) => file.role === role)
      .map((file) => ({
        value: file.id,
        label: file.name,
        detail: file.problem ?? `${file.arch}, ${file.quantisation}, ${formatBytes(file.bytes)}`,
        disabled: file.problem !== null,
      })),
  ];
}
