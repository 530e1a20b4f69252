/** The time as part of a file's name, `20261124-231500`: UTC, and sorted as it passes. */
export function timeStamp(): string {
  return new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
}
