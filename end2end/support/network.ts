import { once } from "node:events";
import { connect, createServer, type Server as Listener, type Socket } from "node:net";
import { freePort, type Server } from "./server";

/** A TCP proxy between a device and the server, which can be cut. */
export class Network {
  private listener?: Listener;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly port: number,
    private readonly target: number,
  ) {}

  static async to(server: Server): Promise<Network> {
    const network = new Network(await freePort(), server.port);
    await network.join();
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async join(): Promise<void> {
    const listener = createServer((near) => {
      const far = connect(this.target, "127.0.0.1");
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        // The other end may be gone before what was sent to it.
        socket.on("error", () => {});
        socket.on("close", () => {
          this.sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    this.listener = listener;
    await once(listener.listen(this.port, "127.0.0.1"), "listening");
  }

  /** Closes every connection and accepts none, as in aeroplane mode. */
  async leave(): Promise<void> {
    const listener = this.listener;
    if (!listener) return;
    this.listener = undefined;
    const closed = once(listener, "close");
    listener.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
