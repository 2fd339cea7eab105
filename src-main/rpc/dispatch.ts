import { z } from 'zod';
import {
  type CallInput,
  type CallName,
  type CallOutput,
  type CallWire,
  calls,
  isCallName,
} from '#shared/contract/calls.ts';
import type { Failure } from '#shared/contract/transport.ts';
import { asFailure } from './expected.ts';

/** One handler per call of the contract; its input is validated. */
export type Handlers = {
  readonly [N in CallName]: (
    input: z.output<(typeof calls)[N]['input']>,
  ) => CallWire<N> | Promise<CallWire<N>>;
};

export type Reply =
  | { readonly kind: 'result'; readonly output: unknown }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** Answers a call by name. Never rejects. */
export type Dispatch = (name: string, input: unknown) => Promise<Reply>;

export interface DispatchOptions {
  /** also hold outputs against the contract: for tests and development */
  readonly checkOutput: boolean;
  /** told of errors nobody planned for */
  readonly onUnexpected: (call: string, error: unknown) => void;
}

export function createDispatch(handlers: Handlers, options: DispatchOptions): Dispatch {
  return async (name, input) => {
    if (!isCallName(name)) return failure(`There is no call named "${name.slice(0, 100)}".`);
    try {
      return { kind: 'result', output: await answer(handlers, name, input, options.checkOutput) };
    } catch (error) {
      const known = error instanceof BadInput ? error.failure : asFailure(error);
      if (known !== null) return { kind: 'failure', failure: known };
      options.onUnexpected(name, error);
      return failure(`${name} failed inside Specula: ${firstLine(error)}`);
    }
  };
}

async function answer<N extends CallName>(
  handlers: Handlers,
  name: N,
  input: unknown,
  checkOutput: boolean,
): Promise<unknown> {
  const { input: inputSchema, output: outputSchema } = calls[name];
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) throw new BadInput(name, parsed.error);
  // The schema of `name` has made the input; TypeScript does not follow the name through the union.
  const handler = handlers[name] as (checked: unknown) => CallWire<N> | Promise<CallWire<N>>;
  const output = await handler(parsed.data);
  if (checkOutput) outputSchema.parse(output);
  return output;
}

class BadInput extends Error {
  readonly failure: Failure;

  constructor(name: CallName, error: z.ZodError) {
    super(name);
    this.failure = {
      message: `The input of ${name} is not valid.`,
      detail: z.prettifyError(error).slice(0, 2000),
    };
  }
}

function failure(message: string): Reply {
  return { kind: 'failure', failure: { message, detail: null } };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

/** A call whose name is known when written: typed in and out. Rejects with the failure's message. */
export type TypedCall = <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>;

/** Makes a dispatch usable from TypeScript, for callers on the main side. */
export function typedCall(dispatch: Dispatch): TypedCall {
  return async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> => {
    const reply = await dispatch(name, input);
    if (reply.kind === 'failure') {
      const { message, detail } = reply.failure;
      throw new Error(detail === null ? message : `${message}\n${detail}`);
    }
    // The schema of `name`; TypeScript does not follow the name through the union.
    return calls[name].output.parse(reply.output) as CallOutput<N>;
  };
}
