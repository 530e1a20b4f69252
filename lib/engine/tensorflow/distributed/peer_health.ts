import type { Pointer } from "../../../open_library.ts";
import { type CApi, readCString, required } from "../capi/c_api.ts";
import { cString } from "../capi/c_string.ts";
import type { EagerContext } from "../capi/eager_context.ts";
import { taskName } from "./server_def.ts";

/** `TF_UNAVAILABLE`. */
const unavailable = 14;

/** The result of a health check. */
export interface PeerStatus {
  readonly healthy: boolean;
  /** Whether its port is closed: it has ended or has not started. */
  readonly refused: boolean;
  readonly message: string;
}

/** Checks the health of other workers over TensorFlow's own gRPC server. */
export class PeerHealth {
  readonly #api: CApi;
  readonly #context: Pointer;

  constructor({ api, handle }: EagerContext) {
    this.#api = api;
    this.#context = handle;
  }

  /**
   * Checks a worker, on another thread.
   *
   * @param timeoutMilliseconds How long to wait for an answer; a stopped process (SIGSTOP) gives none.
   */
  async checkHealth(index: number, timeoutMilliseconds: number): Promise<PeerStatus> {
    const { call } = this.#api;
    const status = required(call.TF_NewStatus());
    try {
      await call.checkPeerAsync(
        this.#context,
        cString(taskName(index)),
        BigInt(timeoutMilliseconds),
        status,
      );
      const code = call.TF_GetCode(status);
      const [message = ""] = readCString(call.TF_Message(status)).split("\n");
      return { healthy: code === 0, refused: code === unavailable, message };
    } finally {
      call.TF_DeleteStatus(status);
    }
  }

  /** Aborts all of this process's collectives. */
  abort(message: string): void {
    const { call } = this.#api;
    const status = required(call.TF_NewStatus());
    call.TF_SetStatus(status, unavailable, cString(message));
    call.TFE_AbortCollectiveOps(this.#context, status);
    call.TF_DeleteStatus(status);
  }
}
