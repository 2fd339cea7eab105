/** The commands around benches: `bench`, `bench resume`, `bench report`, `bench list`, `import`, `export`, `merge`. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { version } from '../serve.ts';
import { homeFolder } from '../storage/home.ts';
import type { Catalogs } from '../workbench.ts';
import {
  type BenchCommandHost,
  bench,
  listBenches,
  type ReportOptions,
  reportBench,
  resumeBench,
} from './bench.ts';
import { addBenchOptions, type BenchOptions, resamplesOption } from './bench-options.ts';
import { type ExportOptions, exportRuns } from './export.ts';
import { type ImportOptions, importFiles } from './import.ts';
import type { ProgramOptions } from './program.ts';
import { withCatalogs } from './with-catalogs.ts';

const benchHelp = `
Plain decoding is always measured too. Per sample all configurations take turns in a seeded order, so that a machine that
slows down slows all of them. Every run is recorded; a bench that was stopped or killed goes on with "bench resume".

Examples:
  specula bench --method pld --method draft-model --limit 30
  specula bench --method pld:ngram=3 --method draft-model:chain=5 --gate off --gate paper:0.4 --repeats 3
  specula bench --data-set ~/MMSpec/test --method pld --shard 1/2
  specula bench report last --csv > bench.csv`;

export function addBenchCommands(program: Command, { terminal, onInterrupt, onExit }: ProgramOptions): void {
  const host = (catalogs: Catalogs): BenchCommandHost => ({
    catalogs,
    terminal,
    onInterrupt,
    home: homeFolder(),
    version: version(),
  });
  const own = addBenchOptions(
    program
      .command('bench')
      .description(
        'measure methods and gates over a data set: acceptance, speedup over plain decoding, latency',
      ),
  )
    .addHelpText('after', benchHelp)
    .action((options: BenchOptions) =>
      withCatalogs(async (catalogs) => onExit(await bench(options, host(catalogs)))),
    );
  own
    .command('resume')
    .description('go on with a bench; what is done is kept')
    .argument('<id>', 'id from "specula bench list", or "last"')
    .addOption(resamplesOption())
    .action((id: string, options: Pick<BenchOptions, 'resamples'>) =>
      withCatalogs(async (catalogs) => onExit(await resumeBench(id, options, host(catalogs)))),
    );
  own
    .command('report')
    .description('the numbers of a bench, with their definitions')
    .argument('<id>', 'id from "specula bench list", or "last"')
    .option('--json', 'everything as one JSON object')
    .option('--csv', 'one line per topic and configuration')
    .option(
      '--mmspec <folder>',
      "write the answers as MMSpec's result files, one per method, into this folder",
    )
    .addOption(resamplesOption())
    .action((id: string, options: ReportOptions) =>
      withCatalogs((catalogs) => reportBench(id, options, host(catalogs))),
    );
  own
    .command('list')
    .description('list the benches, newest first')
    .option('--json', 'one JSON object per line')
    .action((options: { readonly json?: boolean }) =>
      withCatalogs((catalogs) => listBenches(host(catalogs), options)),
    );

  program
    .command('import')
    .description('read result files of MMSpec (<method>-temperature-<T>.jsonl) as runs: sums only')
    .argument(
      '<files...>',
      "files; give the baseline's too, so that tokens after the end of text can be told",
    )
    .option(
      '--data-set <id>',
      'data set that the samples are of (default: questions and pictures stay unknown)',
    )
    .option('--target <name>', 'name of the model (default: from results/<model>/mmspec_<split>/)')
    .action((files: string[], options: ImportOptions) =>
      withCatalogs(async (catalogs) => onExit(await importFiles(files, options, catalogs, terminal))),
    );
  program
    .command('export')
    .description(
      'write recorded runs as the JSON lines of "run --json": turns, rounds with trees and attention, result',
    )
    .argument('<runs...>', 'ids from "specula runs", or "last"')
    .option('--out <file>', 'file to write, which must not exist yet (default: standard output)')
    .action((ids: string[], options: ExportOptions) =>
      withCatalogs((catalogs) => exportRuns(ids, options, catalogs, terminal)),
    );
  program
    .command('merge')
    .description('bring runs and benches of other databases into this one; shards of a bench become one')
    .argument('<paths...>', 'databases, or folders that hold one')
    .action((paths: string[]) =>
      withCatalogs(({ storage }) => {
        for (const path of paths) {
          const { runs, known, live, cells } = storage.merge(resolve(path));
          const left = live === 0 ? '' : `, ${live} still going on there were left out`;
          terminal.out(
            `${path}: ${runs} runs added, ${known} were there already${left}; ${cells} cells of benches\n`,
          );
        }
      }),
    );
}
