import { join } from 'node:path';
import { addOwnPicture } from '../datasets/own-pictures.ts';
import { sniffFormat } from '../images/format.ts';
import { decodeImage } from '../images/pixels.ts';
import type { Context } from './context.ts';
import type { Handlers } from './dispatch.ts';
import { ExpectedError } from './expected.ts';
import { Uploads } from './uploads.ts';

type Names = 'pictures.send' | 'pictures.check' | 'pictures.ask';

/** Folder of the data set below Specula's home; its name is the data set's. */
const folderName = 'Own pictures';

/** Pictures that the user drops on the window, to ask about them. */
export function ownPictureHandlers({ app, dataSets, emit }: Context): Pick<Handlers, Names> {
  const uploads = new Uploads();
  let adding: Promise<unknown> = Promise.resolve();

  return {
    'pictures.send': ({ upload, part }) => {
      uploads.add(upload, Buffer.from(part, 'base64'));
      return {};
    },
    'pictures.check': async ({ upload, name }) => {
      try {
        const { width, height } = await decodeImage({ name, bytes: uploads.bytes(upload) });
        return { width, height };
      } catch (error) {
        uploads.remove(upload);
        throw error;
      }
    },
    'pictures.ask': async ({ upload, name, question }) => {
      const bytes = uploads.bytes(upload);
      const { sha256 } = await decodeImage({ name, bytes });
      const sniffed = sniffFormat(bytes);
      if (sniffed === null || !('format' in sniffed)) {
        throw new ExpectedError(`${name} is no picture that can be read: choose a PNG, JPEG or WebP file.`);
      }
      const folder = join(app.home, folderName);
      // One after the other: ids count the lines of the file.
      const added = adding.then(() =>
        addOwnPicture(folder, { bytes, sha256, format: sniffed.format }, question),
      );
      adding = added.catch(() => {});
      const sample = await added;
      uploads.remove(upload);
      const dataSet = await dataSets.add(folder);
      emit('dataSets.changed', {});
      return { dataSetId: dataSet.id, sampleId: sample.id };
    },
  };
}
