import { z } from 'zod';

/** Kinds of draft heads, as a head's file names them (`specula-head.kind`); EAGLE-1 and EAGLE-2 share the first. */
export const headKindSchema = z.enum(['eagle', 'eagle3', 'medusa', 'msd', 'vispec']);
export type HeadKind = z.infer<typeof headKindSchema>;
