import type { RandomStream } from "../../lib/random/stream.ts";

const years = 365.25 * 86_400_000;

/** Lets the clock of this process jump by up to ten years now and then, until it is disposed of. */
export function jumpingClock(random: RandomStream): Disposable {
  const RealDate = globalThis.Date;
  let offset = 0;
  const now = (): number => {
    if (random.uniform(0, 1) < 0.2) offset = random.uniform(-10, 10) * years;
    return RealDate.now() + offset;
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key, receiver) => key === "now" ? now : Reflect.get(target, key, receiver),
  });
  return { [Symbol.dispose]: () => void (globalThis.Date = RealDate) };
}
