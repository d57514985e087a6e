// Waits for work no longer than a signal allows. Some things cannot be called off, such as a look-up of the system's: nobody waits for them.

/** What the work comes to; once the signal is aborted it is not waited for. @throws what the work throws, or that it took too long */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new Error('it took too long'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
