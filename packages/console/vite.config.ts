// The build: hashed files that may be cached for ever. No service worker: a console without its server shows nothing.
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // The public URL of the server may have a path.
  base: './',
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
