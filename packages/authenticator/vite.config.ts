// The build: hashed files that may be cached for ever, and a service worker that knows every one of them.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const worker = 'service-worker';

/** Puts the list of files, and a digest over their names and content, into the service worker. */
function listFiles(): Plugin {
  return {
    name: 'list-files',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const made = Object.values(bundle).filter(({ fileName }) => fileName !== `${worker}.js`);
      const given = readdirSync(join(root, 'public'));
      const digest = createHash('sha256');
      for (const file of made)
        digest.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
      for (const name of given) digest.update(name).update(readFileSync(join(root, 'public', name)));
      const names = [...made.map(({ fileName }) => fileName), ...given].toSorted();
      const script = bundle[`${worker}.js`];
      if (script?.type !== 'chunk') throw new Error('there is no service worker');
      digest.update(script.code);
      script.code = script.code
        .replace('__FILES__', JSON.stringify(names))
        .replace('__VERSION__', digest.digest('hex').slice(0, 16));
      if (/^\s*(?:import|export)\b/m.test(script.code))
        throw new Error('the service worker must stand alone');
    },
  };
}

export default defineConfig({
  root,
  // The public URL of the server may have a path.
  base: './',
  plugins: [listFiles()],
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: join(root, 'index.html'), [worker]: join(root, 'src', `${worker}.ts`) },
      output: {
        entryFileNames: ({ name }) => (name === worker ? `${worker}.js` : 'assets/[name]-[hash].js'),
      },
    },
  },
});
