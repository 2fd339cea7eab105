/** Run by kill.test.ts: writes rounds without end and prints the number of each after it was committed. */
import { writeSync } from 'node:fs';
import { openStorage } from '../../../src-main/storage/storage.ts';
import { fingerprint, makeRecord, sample, spec, turn } from '../../unit/storage/records.ts';

const storage = openStorage(process.argv[2] ?? '');
const writer = storage.runs.create(spec, sample);
writer.fingerprint(fingerprint);
writer.turn(turn);
writeSync(1, `run ${writer.summary.id}\n`);
for (let i = 0; ; i++) {
  writer.round(makeRecord(i));
  writeSync(1, `round ${i}\n`);
}
