import { describe, expect, it } from 'vitest';
import {
  defaultMethod,
  draftFileOf,
  methodLabel,
  methodNames,
  methodSpecSchema,
  methodsWithVariants,
  variants,
} from '../../../src-shared/domain/method.ts';

const both = methodNames.flatMap((name) => variants.map((variant) => defaultMethod(name, variant)));

describe('methods', () => {
  it('have defaults that the contract accepts, and labels that tell them apart', () => {
    for (const method of both) expect(methodSpecSchema.parse(method)).toEqual(method);
    const labels = methodNames.map((name) => methodLabel(defaultMethod(name)));
    expect(new Set(labels).size).toBe(methodNames.length);
    expect(labels).toContain('lookahead N64 B12 q4');
    expect(labels).toContain('recycling static 81');
    expect(labels).toContain('msd dynamic K10 D5 N59');
  });

  it('differ between the variants exactly where MMSpec’s code does something else', () => {
    for (const name of methodNames) {
      const [paper, mmspec] = variants.map((variant) => methodLabel(defaultMethod(name, variant)));
      expect(paper !== mmspec, name).toBe(methodsWithVariants.includes(name));
    }
  });

  it('say which draft file they need', () => {
    const files = new Map(methodNames.map((name) => [name, draftFileOf(defaultMethod(name))]));
    expect(methodNames.filter((name) => files.get(name) === null)).toEqual([
      'ar',
      'pld',
      'lookahead',
      'recycling',
      'sam',
    ]);
    expect(files.get('draft-model')).toBe('model');
    expect(files.get('eagle')).toBe(files.get('eagle2'));
  });
});
