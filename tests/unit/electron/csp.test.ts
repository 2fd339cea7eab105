import { expect, test } from 'vitest';
import { contentSecurityPolicy } from '../../../src-main/server/csp.ts';

const directives = new Map(
  contentSecurityPolicy.split('; ').map((part) => {
    const [name = '', ...sources] = part.split(' ');
    return [name, sources] as const;
  }),
);

test('everything is refused unless a directive allows it', () => {
  expect(directives.get('default-src')).toEqual(["'none'"]);
  for (const name of ['object-src', 'base-uri', 'form-action', 'frame-ancestors']) {
    expect(directives.get(name), name).toEqual(["'none'"]);
  }
});

test('code comes with the app only: nothing inline, evaluated or from elsewhere', () => {
  expect(directives.get('script-src')).toEqual(["'self'"]);
  expect(contentSecurityPolicy).not.toMatch(/unsafe-eval|https?:|\*/);
});
