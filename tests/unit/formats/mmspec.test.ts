import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonFloat, readLines, writeLines } from '../../../src-shared/formats/mmspec/lines.ts';
import { fromMmspec, modelId, toMmspec } from '../../../src-shared/formats/mmspec/methods.ts';
import { mmspecMethods, turnsOf } from '../../../src-shared/formats/mmspec/quirks.ts';
import {
  type Choice,
  fileName,
  parseFileName,
  type ResultRecord,
} from '../../../src-shared/formats/mmspec/record.ts';
import { sampleLines } from './sample-lines.ts';

const choiceOf = (line: number): Choice => {
  const [read] = readLines(sampleLines[line] ?? '');
  if (read === undefined || 'problem' in read) throw new Error(`line ${line} is not read`);
  const [choice] = read.record.choices;
  if (choice === undefined) throw new Error('no choice');
  return choice;
};

describe('lines', () => {
  it('are written back to the byte', () => {
    for (const line of sampleLines) {
      const records = readLines(line).flatMap((read) => ('record' in read ? [read.record] : []));
      expect(writeLines(records)).toBe(`${line}\n`);
    }
  });

  it('are those of json.dumps: ASCII, floats as repr writes them', () => {
    // python3 -c 'import json; print(json.dumps(...))' gave this line
    const line =
      '{"question_id": "mmspec_125", "topic": "text vqa", "category": "text reading", "answer_id": "a", "model_id": "msd-msd-temperature-0.0", "choices": [{"index": 0, "turns": ["Condamn\\u00e9 \\"x\\"\\n\\u7f8e \\ud83d\\ude00 \\u007f"], "idxs": [1], "new_tokens": [8], "wall_time": [1.0], "acceptance_length": [3.0], "draft_time": [0.0], "target_time": [2e-05]}], "tstamp": 1776132576.0}';
    const records = readLines(line).flatMap((read) => ('record' in read ? [read.record] : []));
    expect(records[0]?.choices[0]?.turns).toEqual(['Condamné "x"\n美 😀 \u007f']);
    expect(writeLines(records)).toBe(`${line}\n`);
    // python3 -c 'print([0.0, 1e-05, ...])'
    const floats = [
      0, 1e-5, 1.5e-7, 0.0001, 123456789012345680, 1e16, 1e15, 5, 0.3244140148162842, -2.5, 1e-10,
    ];
    expect(floats.map(pythonFloat).join(', ')).toBe(
      '0.0, 1e-05, 1.5e-07, 0.0001, 1.2345678901234568e+17, 1e+16, 1000000000000000.0, 5.0, 0.3244140148162842, -2.5, 1e-10',
    );
  });

  it('any record is read back equal', () => {
    const float = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e6 });
    const turns = fc.array(
      fc.record({
        text: fc.string({ unit: 'grapheme' }),
        idx: fc.nat(),
        tokens: fc.nat(),
        accepted: fc.array(fc.nat(40)),
        time: float,
      }),
      { minLength: 1, maxLength: 4 },
    );
    const record = fc
      .record({
        id: fc.string({ minLength: 1 }),
        topic: fc.string(),
        list: turns,
        plain: fc.boolean(),
        tstamp: float,
      })
      .map(({ id, topic, list, plain, tstamp }): ResultRecord => {
        const wall = list.map(({ time }) => time);
        return {
          question_id: id,
          topic,
          category: topic,
          answer_id: 'a',
          model_id: 'm',
          choices: [
            {
              index: 0,
              turns: list.map(({ text }) => text),
              idxs: list.map(({ idx }) => idx),
              new_tokens: list.map(({ tokens }) => tokens),
              wall_time: wall,
              ...(plain
                ? { decode_time: wall }
                : { acceptance_length: list.map(({ accepted }) => accepted) }),
              draft_time: wall,
              target_time: wall,
            },
          ],
          tstamp,
        };
      });
    fc.assert(
      fc.property(record, (written) => {
        const [read] = readLines(writeLines([written]));
        expect(read).toMatchObject({ record: written });
      }),
      { numRuns: 30 },
    );
  });

  it('that cannot be used are told with the reason; the last of a question wins', () => {
    const [first = '', second = ''] = sampleLines;
    const read = readLines(`${first}\n\n{"question_id": 1}\nno json\n${second}\n`);
    expect(
      read.map((line) => ('problem' in line ? `${line.line}: ${line.problem.slice(0, 11)}` : line.line)),
    ).toEqual([1, '3: question_id', '4: no JSON (Un', 5]);
    const records = read.flatMap((line) => ('record' in line ? [line.record] : []));
    expect(writeLines(records)).toBe(`${second}\n`);
    const short = first.replace('"idxs": [7]', '"idxs": []');
    expect(readLines(short)[0]).toMatchObject({ problem: expect.stringContaining('one entry per turn') });
  });
});

describe('quirks', () => {
  it('baseline: every token is a round', () => {
    expect(turnsOf('baseline', choiceOf(0), null)).toMatchObject([{ newTokens: 8, rounds: 8, accepted: 0 }]);
  });

  it('EAGLE: a token after the end of text is taken off where the baseline tells', () => {
    expect(turnsOf('eagle', choiceOf(1), null)).toMatchObject([{ newTokens: 9, rounds: 5, accepted: 4 }]);
    expect(turnsOf('eagle', choiceOf(1), choiceOf(0))).toMatchObject([
      { newTokens: 8, rounds: 5, accepted: 3 },
    ]);
    const other = { ...choiceOf(0), turns: ['Another answer'] };
    expect(turnsOf('eagle', choiceOf(1), other)).toMatchObject([{ newTokens: 9 }]);
  });

  it('MSD: rounds are idx + 1, accepted tokens come from the new ones', () => {
    const turns = turnsOf('msd', choiceOf(2), null);
    expect(turns.map(({ rounds }) => rounds)).toEqual([4, 22, 75]);
    expect(turns.map(({ accepted }) => accepted)).toEqual([16, 60, 253]);
  });

  it('ViSpec with ViSkip: rounds beyond idx + 1 were forced', () => {
    const choice = { ...choiceOf(1), idxs: [2] };
    expect(turnsOf('vispec_vskip', choice, null)).toMatchObject([{ rounds: 5, skipped: 2 }]);
    expect(turnsOf('vispec', choice, null)).toMatchObject([{ skipped: 0 }]);
  });

  it('new tokens are never fewer than accepted ones', () => {
    const choice = fc.array(fc.nat(4), { minLength: 1 }).map(
      (accepted): Choice => ({
        ...choiceOf(1),
        new_tokens: [accepted.reduce((a, b) => a + b + 1, 0)],
        idxs: [accepted.length - 1],
        acceptance_length: [accepted],
      }),
    );
    fc.assert(
      fc.property(choice, fc.constantFrom(...mmspecMethods), (own, method) => {
        for (const { newTokens, accepted, rounds } of turnsOf(method, own, null)) {
          expect(accepted).toBeLessThanOrEqual(newTokens);
          expect(rounds).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('names', () => {
  it('of files', () => {
    expect(parseFileName('vispec_vskip-temperature-0.jsonl')).toEqual({
      method: 'vispec_vskip',
      temperature: 0,
    });
    expect(parseFileName('a-temperature-b-temperature-0.7.jsonl')).toEqual({
      method: 'a-temperature-b',
      temperature: 0.7,
    });
    expect(parseFileName(fileName('pld', 0))).toEqual({ method: 'pld', temperature: 0 });
    expect(parseFileName('pld.jsonl')).toBeNull();
  });

  it('of methods lead there and back', () => {
    for (const name of mmspecMethods) {
      const found = fromMmspec(name);
      expect(found && toMmspec(found.method.name, found.gate.mode)).toBe(name);
    }
    expect(fromMmspec('eagle_SAGE-abs-100')).toBeNull();
    expect(modelId('vispec_vskip', '0.0')).toBe('vispec_vskip-vispec-vskip-temperature-0.0');
    expect(modelId('pld', '0.0')).toBe('pld-PLD-temperature-0.0');
    expect(modelId('baseline', '0.0')).toBe('baseline-temperature-0.0');
  });
});
