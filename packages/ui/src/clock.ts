// The one file of the web apps that reads the time.

/** Epoch milliseconds by this device's clock. */
export const deviceNow = (): number => Date.now();

/** Milliseconds since the page was opened; whoever sets the clock does not change it. */
export const steadyNow = (): number => performance.now();
