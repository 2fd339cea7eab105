/** Runs in the sandbox before the page: the window gets the contract's named functions, no general access to IPC. */
import { contextBridge, ipcRenderer } from 'electron';
import { createBridge } from './bridge.ts';

contextBridge.exposeInMainWorld('specula', createBridge(ipcRenderer));
