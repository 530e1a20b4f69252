import { openLibc } from "../../libc.ts";

/** `AF_INET`, `SOCK_DGRAM`: any socket can query interfaces. */
const internet = 2, datagram = 2;
/** `SIOCGIFFLAGS`, `SIOCSIFFLAGS` and `IFF_UP`. */
const getFlags = 0x8913n, setFlags = 0x8914n, up = 1;
/** The size of C's `struct ifreq`, and the offset of its flags, which follow the name. */
const requestBytes = 40, flagsOffset = 16;

const symbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** The interface that every network namespace of Linux has. */
export const loopback = "lo";

/**
 * Switches on the loopback interface of this process's network, like `ip link set lo up`. The caller must
 * check that it is on afterward.
 */
export function raiseLoopback(): void {
  const libc = openLibc(symbols);
  try {
    const { socket, ioctl, close } = libc.symbols;
    const request = new Uint8Array(requestBytes);
    request.set(new TextEncoder().encode(loopback));
    const descriptor = socket(internet, datagram, 0);
    ioctl(descriptor, getFlags, request);
    request[flagsOffset]! |= up;
    ioctl(descriptor, setFlags, request);
    close(descriptor);
  } finally {
    libc.close();
  }
}
