// The build: hashed files that may be cached for ever, and a service worker that knows every one of them.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const worker = 'service-worker';

/** The texts that the service worker shows, by language: it can load no file of the app before it has shown something. */
function notificationWords(): string {
  const folder = join(root, 'src/words');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const texts = files.map((file) => {
    const words = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>;
    const shown = Object.entries(words).filter(([key]) => key.startsWith('push.'));
    return [file.replace('.json', ''), Object.fromEntries(shown)];
  });
  return JSON.stringify(Object.fromEntries(texts));
}

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
      const version = digest.update(notificationWords()).digest('hex').slice(0, 16);
      const texts = { FILES: JSON.stringify(names), WORDS: notificationWords(), VERSION: version };
      // Whatever quotes the minifier chose.
      script.code = script.code.replace(/(['"`])__(FILES|WORDS|VERSION)__\1/g, (_whole, _quote, name) =>
        JSON.stringify(texts[name as keyof typeof texts]),
      );
      if (script.code.includes('__')) throw new Error('something is missing in the service worker');
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
