import { type CApi, cString, readCString, required } from "../capi/c_api.ts";
import type { EagerContext } from "../capi/eager_context.ts";
import { taskName } from "./server_def.ts";

/** `TF_Code` of what cannot be reached. */
const unavailable = 14;

/** What a peer said when it was asked whether it is well. */
export interface PeerStatus {
  readonly healthy: boolean;
  /** Whether its port is closed: it has ended, or has not begun. */
  readonly refused: boolean;
  readonly message: string;
}

/** Asks other workers whether they are there, through TensorFlow's own gRPC server. */
export class PeerHealth {
  readonly #api: CApi;
  readonly #context: Deno.PointerObject;

  constructor({ api, context }: EagerContext) {
    this.#api = api;
    this.#context = context;
  }

  /**
   * Asks one, on another thread.
   *
   * @param milliseconds The longest wait for an answer: a process that was stopped gives none.
   */
  async checkHealth(index: number, milliseconds: number): Promise<PeerStatus> {
    const { call } = this.#api;
    const status = required(call.TF_NewStatus());
    try {
      await call.checkPeerAsync(
        this.#context,
        cString(taskName(index)),
        BigInt(milliseconds),
        status,
      );
      const code = call.TF_GetCode(status);
      const [message = ""] = readCString(call.TF_Message(status)).split("\n");
      return { healthy: code === 0, refused: code === unavailable, message };
    } finally {
      call.TF_DeleteStatus(status);
    }
  }

  /** Ends everything that waits for other workers, in this process. */
  abort(message: string): void {
    const { call } = this.#api;
    const status = required(call.TF_NewStatus());
    call.TF_SetStatus(status, unavailable, cString(message));
    call.TFE_AbortCollectiveOps(this.#context, status);
    call.TF_DeleteStatus(status);
  }
}
