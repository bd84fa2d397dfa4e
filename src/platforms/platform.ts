export type PlatformName = 'vmware' | 'vmware-scripts.d' | 'veeam' | 'qemu'

/**
 * One invoker, as data: the build ships what it needs, install and uninstall walk its places, the doctor its
 * requirements, and docs/operating.md is made from its calls and limits.
 */
export interface Platform {
  readonly name: PlatformName
  /** For people: `VMware Tools, the pair in /usr/sbin`. */
  readonly title: string
  /** Programs of the invoker; where one of them is there, the platform is there. Empty: only when it is named. */
  readonly detect: readonly string[]
  /** What the bundle has for it beside the executables; the name is also its place in templates/. */
  readonly ships: readonly Shipped[]
  /** The first place whose conditions all hold is the one. */
  readonly places: readonly Place[]
  /** Platforms that would call us a second time for the same snapshot. */
  readonly excludes: readonly PlatformName[]
  /** Where scripts of others lie that are run for the same snapshot. */
  readonly scripts: readonly ScriptPlace[]
  readonly calls: Calls
  readonly limits: readonly Limit[]
  readonly requirements: readonly Requirement[]
  /** What install cannot do, and the operator does next. */
  readonly next: readonly string[]
  /** The same after uninstall. */
  readonly afterwards: readonly string[]
  /** Commands for a machine with SELinux; `PREFIX` stands for where we are installed. */
  readonly selinux: readonly string[]
}

/** A file of the bundle that is made from a template and is not an executable of ours. */
export interface Shipped {
  readonly name: string
  readonly mode: number
  readonly why: string
  /** The facts its template asks for. */
  readonly asks?: readonly 'runDir'[]
}

export interface Place {
  readonly when: readonly Condition[]
  readonly puts: readonly Put[]
}

export type Condition =
  | { readonly is: 'there'; readonly path: string }
  /** Somebody else's hook that itself runs the scripts of fsfreeze-hook.d. */
  | { readonly is: 'dispatcher'; readonly path: string }

/** One thing that is put into the system; `from` and `to` are files of the bundle. */
export type Put =
  | {
      readonly put: 'link'
      readonly path: string
      readonly to: string
      /** What the link leads to where somebody else's file was kept, which that file then calls; none: it is never kept. */
      readonly chained?: string
    }
  | {
      readonly put: 'file'
      readonly path: string
      readonly from: string
      readonly mode: number
      /** `operator`: theirs from the first day, never written again. */
      readonly belongsTo: 'us' | 'operator'
    }
  | { readonly put: 'directory'; readonly path: string; readonly mode: number }
  | ({ readonly put: 'option'; readonly path: string } & ConfigOption)

/** One option in a configuration file of the invoker. */
export interface ConfigOption {
  /** `ini`: `[group]` and `key=value`; `sh`: `KEY=value`. */
  readonly syntax: 'ini' | 'sh'
  /** Of ini only; empty for sh. */
  readonly group: string
  readonly key: string
  readonly value: string
  /** Values that may make way for ours; any other one is the operator's. */
  readonly insteadOf: readonly string[]
}

/** A folder of scripts, or one script. `every-file`: a README as well; `programs`: what can be run, but for leftovers. */
export interface ScriptPlace {
  readonly path: string
  readonly runs: 'every-file' | 'programs'
}

/** How the invoker calls, and what comes of it when we fail. */
export interface Calls {
  readonly freeze: string
  readonly thaw: string
  readonly whenFreezeFails: string
  readonly whenThawFails: string
}

/** A time limit of the invoker. */
export interface Limit {
  readonly what: string
  /** Seconds; null: none. */
  readonly seconds: number | null
  /** What to choose for our settings because of it. */
  readonly choose: string
  /** Settings that have to fit into it together; without any, whether it applies is known to the operator alone. */
  readonly fits?: readonly ('freeze-within' | 'hold-at-most' | 'thaw-within')[]
  /** The option that sets another one, in seconds. */
  readonly setBy?: { readonly path: string; readonly group: string; readonly key: string }
}

/** Something that has to be so for the scripts to be called, how to see whether it is, and what to do. */
export interface Requirement {
  readonly what: string
  readonly look: Look
  readonly fix: string
}

type Look =
  /** One of these programs is there. */
  | { readonly at: 'programs'; readonly anyOf: readonly string[] }
  /** A process of one of these names runs. */
  | { readonly at: 'process'; readonly anyOf: readonly string[] }
  /** An option that is on unless the file sets it to `off`. */
  | {
      readonly at: 'ini'
      readonly path: string
      readonly group: string
      readonly key: string
      readonly off: readonly string[]
    }
  /** A hook that the agent's command line (`-F`), or else one of its files, names. */
  | {
      readonly at: 'hook'
      readonly process: string
      readonly flags: readonly string[]
      readonly files: readonly {
        readonly path: string
        readonly syntax: 'ini' | 'sh'
        readonly key: string
      }[]
    }
  /** No machine can see it from inside. */
  | { readonly at: 'host' }
