import { describe, expect, test } from 'vitest';
import {
  installCommand,
  isCmakeNewEnough,
  packageManager,
  parseVersion,
} from '../../../scripts/lib/tools.mjs';

describe('cmake', () => {
  test.each([
    ['cmake version 3.19.0', true],
    ['cmake version 3.25.1\n\nCMake suite maintained and supported by Kitware', true],
    ['cmake version 4.0.2', true],
    ['cmake version 3.18.4', false],
    ['cmake version 2.90.0', false],
    ['command not found', false],
  ])('%j is new enough: %s', (text, expected) => {
    expect(isCmakeNewEnough(parseVersion(text))).toBe(expected);
  });
});

describe('packageManager', () => {
  const none = () => false;

  test('is chosen by platform, on Linux by what is there', () => {
    expect(packageManager('darwin', none)).toBe('brew');
    expect(packageManager('win32', none)).toBe('winget');
    expect(packageManager('linux', (name: string) => name === 'apt-get')).toBe('apt');
    expect(packageManager('linux', (name: string) => name === 'dnf')).toBe('dnf');
    expect(packageManager('linux', none)).toBeNull();
  });
});

describe('installCommand', () => {
  test('names the package as each manager does', () => {
    expect(installCommand('compiler', 'apt', false)).toBe('sudo apt-get install -y g++');
    expect(installCommand('compiler', 'apt', true)).toBe('apt-get install -y g++');
    expect(installCommand('compiler', 'dnf', false)).toBe('sudo dnf install -y gcc-c++');
    expect(installCommand('cmake', 'brew', false)).toBe('brew install cmake');
    expect(installCommand('compiler', 'brew', false)).toBe('xcode-select --install');
    expect(installCommand('git', 'winget', false)).toBe('winget install Git.Git');
    expect(installCommand('compiler', 'winget', false)).toContain('Microsoft.VisualStudio.Workload.VCTools');
  });

  test('gives general advice where no manager is known', () => {
    expect(installCommand('cmake', null, false)).toBe("install cmake with the system's package manager");
  });
});
