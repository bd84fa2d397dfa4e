/** The oldest Node.js with all that we call: AbortSignal.any came with 20.3, and 20.9 is the first release with long-term support. */
const nodeFloor = { major: 20, minor: 9 } as const

/** As it is said: `20.9`. */
export const nodeFloorText = `${nodeFloor.major}.${nodeFloor.minor}`

/** Is this version of Node.js (`v20.9.0`) one that we run on? */
export function isNodeNewEnough(version: string): boolean {
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)\./.exec(version) ?? []).map(Number)
  return major > nodeFloor.major || (major === nodeFloor.major && minor >= nodeFloor.minor)
}

/**
 * An expression of JavaScript as old as can be: is this Node.js new enough? The launcher asks it where a program has failed, and each
 * program first of all.
 */
export const newEnoughExpression = `(function (v) { return v[0] > ${nodeFloor.major} || (v[0] == ${nodeFloor.major} && v[1] >= ${nodeFloor.minor}) })(process.versions.node.split("."))`

/** What a program ends with on a Node.js that is too old, as a shell does where it cannot execute: its launcher then looks further. */
export const cannotRunHere = 126
