/** One IPC channel per call of the contract, answered only for the app's own windows; events go to every window. */
import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { callNames } from '#shared/contract/calls.ts';
import { callChannel, eventChannel, type Reply } from '../../src-preload/channels.ts';
import { isTrustedSender } from './security.ts';

export interface IpcOptions {
  /** answers a call by name and never rejects */
  readonly answer: (name: string, input: unknown) => Promise<Reply>;
  /** contents of the windows that this shell made */
  readonly windows: () => readonly WebContents[];
}

export interface Ipc {
  send(event: string, data: unknown): void;
}

export function serveIpc(options: IpcOptions): Ipc {
  for (const name of callNames) {
    ipcMain.handle(callChannel(name), (event, input: unknown) => {
      if (!isTrusted(event, options.windows())) {
        console.warn(`refused: ${name}, asked by ${event.senderFrame?.url ?? 'a frame that has gone'}`);
        throw new Error('only the workbench may ask for this');
      }
      return options.answer(name, input);
    });
  }
  return {
    send(event, data) {
      for (const contents of options.windows()) {
        if (!contents.isDestroyed()) contents.send(eventChannel, event, data);
      }
    },
  };
}

function isTrusted(event: IpcMainInvokeEvent, windows: readonly WebContents[]): boolean {
  const known = new Set(windows.map((contents) => contents.id));
  return isTrustedSender({ frame: event.senderFrame, contentsId: event.sender.id }, known);
}
