/** Whether the error output is a terminal that obeys more than line breaks. */
export function canDraw(): boolean {
  return Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
}
