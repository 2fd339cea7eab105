import { describe, expect, it } from 'vitest';
import {
  inspectSearchSchema,
  runsSearchSchema,
  samplesSearchSchema,
} from '../../../src-renderer/app/search-params.ts';

describe('addresses', () => {
  it('keeps what a view stores', () => {
    const samples = { dataSet: 'd', view: 'table', topic: 'text vqa', q: 'sign', sort: 'id', desc: true };
    expect(samplesSearchSchema.parse(samples)).toEqual(samples);
    const inspect = { dataSet: 'd', sample: 's', run: 'r', round: 3, token: 12, layer: 5, node: 7 };
    expect(inspectSearchSchema.parse(inspect)).toEqual(inspect);
    const runs = { q: 'pld', status: 'failed', sort: 'mat', desc: true, run: 'r1' };
    expect(runsSearchSchema.parse(runs)).toEqual(runs);
  });

  it('drops values it cannot read and names it does not know, instead of failing', () => {
    expect(samplesSearchSchema.parse({ view: 'carousel', q: 7, unknown: 1, topic: 'a' })).toEqual({
      topic: 'a',
    });
    expect(inspectSearchSchema.parse({ round: -1, token: 1.5, layer: 'last', sample: 's' })).toEqual({
      sample: 's',
    });
    expect(runsSearchSchema.parse({ status: 'lost', desc: 'yes' })).toEqual({});
  });
});
