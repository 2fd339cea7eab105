/** The commands of `specula`, their options and help. */
import { Command, InvalidArgumentError } from 'commander';
import { forkNodeEngine } from '../engine/host.ts';
import { defaultPort, root, version } from '../serve.ts';
import { homeFolder } from '../storage/home.ts';
import { createWorkbench } from '../workbench.ts';
import { addBenchCommands } from './bench-commands.ts';
import { calibrate } from './calibrate.ts';
import { addCalibrateOptions, type CalibrateOptions } from './calibrate-options.ts';
import { addConvertOptions, type ConvertCommandOptions, convertModel } from './convert.ts';
import { evaluate } from './evaluate.ts';
import { addEvaluateOptions, type EvaluateOptions } from './evaluate-options.ts';
import { addInflateOptions, type InflateCommandOptions, inflate } from './inflate.ts';
import {
  addModel,
  listModels,
  listRuns,
  listSamples,
  type RunListOptions,
  type SampleOptions,
} from './lists.ts';
import { run } from './run.ts';
import { addRunOptions, methodOf, type RunOptions } from './run-options.ts';
import { type ServeCommandOptions, serve } from './serve.ts';
import type { Terminal } from './terminal.ts';
import { withCatalogs } from './with-catalogs.ts';

export interface ProgramOptions {
  readonly terminal: Terminal;
  /** registers what Ctrl+C does */
  readonly onInterrupt: (stop: () => void) => void;
  /** told the exit code of a command that ended by itself */
  readonly onExit: (code: number) => void;
}

const footer = `
Runs, models and data sets are kept in one database; SPECULA_HOME says in which folder.
Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped with Ctrl+C (the run is kept).`;

const runExamples = `Examples:
  specula run --sample specula_006
  specula run --sample specula_006 --method ar
  specula run --sample specula_006 --tree 4,2,16 --gate paper --threshold 0.4
  specula run --sample mmspec_313 --data-set ~/MMSpec/test --method pld --json > run.jsonl`;

const evaluateHelp = `
Every sample is decoded plainly and greedily, by one engine that loads the models once. It is a measurement:
nothing is recorded in the database. Ctrl+C prints what was measured so far.

Examples:
  specula evaluate
  specula evaluate --topic "text vqa" --limit 10 --json answers.json
  specula evaluate --data-set ~/my-set --target my-model.gguf --projector my-mmproj.gguf`;

const gateHelp = `
Gate modes. The output is plain decoding's in all of them:
  off     no gate
  paper   ViSkip: a score r at or above the threshold forbids drafting before a round
  mmspec  decides where MMSpec's code does: retrieval methods throw away what was accepted, models and heads waste a draft
  probe   r is recorded and compared, never acted on
  oracle  skips exactly the rounds in which nothing would be accepted; what it drops is in no time (greedy only)
  survey  drafts at every token, notes what would be accepted, decodes plainly: makes a what-if exact (greedy only)
`;

const calibrateHelp = `
Every sample is decoded twice, as a probe and as a survey (a draft at every token, none of them used). From these follow,
exactly under greedy decoding, the rounds and tokens at any threshold; times are estimated from the measured costs per kind
of round. The runs are recorded. Ctrl+C reports what was measured so far.

Examples:
  specula calibrate
  specula calibrate --method pld --samples 30 --check
  specula calibrate --run 20260131-142501-9f3c0a --csv > curve.csv`;

export function createProgram({ terminal, onInterrupt, onExit }: ProgramOptions): Command {
  const program = new Command('specula')
    .description('Watch vision-language models decode speculatively, token by token.')
    .version(version(), '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('(see --help)')
    .addHelpText('after', footer)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });

  addRunOptions(program.command('run').description('decode one sample, record it, print tokens and metrics'))
    .addHelpText('after', `${gateHelp}${runExamples}`)
    .action(async (options: RunOptions) => {
      // Wrong use is told before an engine is started for it.
      methodOf(options);
      const workbench = createWorkbench({
        host: 'cli',
        home: homeFolder(),
        root,
        version: version(),
        forkEngine: forkNodeEngine,
      });
      try {
        onExit(await run(options, workbench, terminal, onInterrupt));
      } finally {
        await workbench.dispose();
      }
    });

  addEvaluateOptions(
    program
      .command('evaluate')
      .description('measure how well a target answers a data set with reference answers'),
  )
    .addHelpText('after', evaluateHelp)
    .action((options: EvaluateOptions) =>
      withCatalogs(async (catalogs) => {
        const host = { catalogs, terminal, onInterrupt, home: homeFolder(), version: version() };
        onExit(await evaluate(options, host));
      }),
    );

  addCalibrateOptions(
    program.command('calibrate').description("fit ViSkip's threshold for the least estimated time"),
  )
    .addHelpText('after', calibrateHelp)
    .action(async (options: CalibrateOptions) => {
      const workbench = createWorkbench({
        host: 'cli',
        home: homeFolder(),
        root,
        version: version(),
        forkEngine: forkNodeEngine,
      });
      try {
        onExit(await calibrate(options, workbench, terminal, onInterrupt));
      } finally {
        await workbench.dispose();
      }
    });

  addBenchCommands(program, { terminal, onInterrupt, onExit });

  program
    .command('serve')
    .description('serve the workbench to a browser on this computer')
    .option('--port <n>', `port to listen on; 0: any free one (default: ${defaultPort})`, port)
    .option('--host <address>', 'loopback address to listen on (default: 127.0.0.1)')
    .option('--open', 'open a browser (default: when there is a desktop)')
    .option('--no-open', 'only print the address')
    .addHelpText(
      'after',
      `
From another computer use an ssh tunnel, then open the printed address there:
  ssh -L ${defaultPort}:127.0.0.1:${defaultPort} this-machine`,
    )
    .action(async (options: ServeCommandOptions) => onExit(await serve(options, terminal, onInterrupt)));

  const models = program
    .command('models')
    .description('list the models')
    .option('--json', 'one JSON object per line')
    .action((options) => withCatalogs((catalogs) => listModels(catalogs, terminal, options)));
  models
    .command('add')
    .description('register a GGUF file')
    .argument('<path>', 'path of the file')
    .action((path: string) => withCatalogs((catalogs) => addModel(catalogs, terminal, path)));
  addConvertOptions(
    models.command('convert').description('turn a published draft head into a GGUF file'),
  ).action((folder: string, options: ConvertCommandOptions) =>
    withCatalogs((catalogs) => convertModel(catalogs, terminal, folder, options)),
  );
  addInflateOptions(
    models.command('inflate').description('write a larger file of the same model, for measuring'),
  ).action((model: string, options: InflateCommandOptions) =>
    withCatalogs((catalogs) => inflate(catalogs, terminal, model, options)),
  );

  program
    .command('samples')
    .description('list the samples of a data set')
    .option('--data-set <id|folder>', 'data set (default: the first built-in one)')
    .option('--topic <topic>', 'only samples of this topic')
    .option('--json', 'one JSON object per line')
    .action((options: SampleOptions) => withCatalogs((catalogs) => listSamples(catalogs, terminal, options)));

  program
    .command('runs')
    .description('list the recorded runs, newest first')
    .option('--limit <n>', 'most runs to list', positive, 50)
    .option('--json', 'one JSON object per line')
    .action((options: RunListOptions) => withCatalogs((catalogs) => listRuns(catalogs, terminal, options)));

  return program;
}

function port(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number above 0.');
}
