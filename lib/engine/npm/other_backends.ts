/** What stands for the engines that the npm package leaves out. */
function refuse(): Promise<never> {
  throw new Error("the npm package has the engines tensorflow and cpu");
}

export { refuse as startWasm, refuse as startWebGPU };
