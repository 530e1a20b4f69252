/** Ends a request that brings nothing for too long. `using` ends the watch. */
export interface SilenceWatch extends Disposable {
  /** Aborted by silence, or by the signal that was given. */
  readonly signal: AbortSignal;
  /** Whether the silence was too long. */
  readonly isOver: boolean;
  /** The server's turn: its silence counts from now. */
  begin(): void;
  /** Our own turn: nothing counts. */
  end(): void;
}

/** Begins a watch, with the server's turn. */
export function watchSilence(milliseconds: number, signal?: AbortSignal): SilenceWatch {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = (): void => clearTimeout(timer);
  const begin = (): void => {
    end();
    timer = setTimeout(() => controller.abort(), milliseconds);
  };
  begin();
  return {
    signal: AbortSignal.any([controller.signal, ...signal ? [signal] : []]),
    get isOver() {
      return controller.signal.aborted;
    },
    begin,
    end,
    [Symbol.dispose]: end,
  };
}
