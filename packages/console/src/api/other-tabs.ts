// What one tab of the console tells the others: they share the cookie, so whoever signs in or out in one does so in all.

/** Who is signed in now; null: nobody any more. */
export type Holder = string | null;

let channel: BroadcastChannel | undefined;

/** Nothing is heard, and nothing told, before this. @param path of the console: another installation may be on the same host */
export function followOtherTabs(path: string, heard: (holder: Holder) => void): void {
  channel = new BroadcastChannel(`countersign ${path}`);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === null || typeof data === 'string') heard(data);
  };
}

export const tellOtherTabs = (holder: Holder): void => channel?.postMessage(holder);
