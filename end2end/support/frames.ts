import type { Page } from "@playwright/test";

/** Holds back the frames that the server sends to a page, and delivers them later in their order. */
export interface HeldFrames {
  hold(): void;
  release(): void;
}

/** To be called before the page is opened. */
export async function heldFrames(page: Page): Promise<HeldFrames> {
  const held: (string | Buffer)[] = [];
  let holds = false;
  let pass = (_: string | Buffer) => {};
  await page.routeWebSocket(/budget\/ws/, (socket) => {
    const server = socket.connectToServer();
    pass = (message) => socket.send(message);
    server.onMessage((message) => (holds ? held.push(message) : pass(message)));
  });
  return {
    hold() {
      holds = true;
    },
    release() {
      holds = false;
      held.splice(0).forEach((message) => pass(message));
    },
  };
}
