import { root } from '../serve.ts';
import { homeFolder } from '../storage/home.ts';
import { type Catalogs, openCatalogs } from '../workbench.ts';

/** Opens the database, the data sets and the models for a command, and closes them after it. */
export async function withCatalogs(use: (catalogs: Catalogs) => Promise<void> | void): Promise<void> {
  const catalogs = openCatalogs({ home: homeFolder(), root });
  try {
    await use(catalogs);
  } finally {
    catalogs.storage.close();
  }
}
