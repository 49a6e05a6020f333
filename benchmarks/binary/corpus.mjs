/**
 * The corpus of executables that the binary benchmarks train and measure on: what it consists of
 * (`corpus.json`) and where its files lie once `fetch-corpus.mjs` has brought them.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Ignored by git: the executables keep their own licences and are never committed. */
export const CACHE = path.join(here, '.cache', 'corpus');

export const ROLES = ['train', 'train-extra', 'heldout-program', 'heldout-arch', 'parity', 'unused'];
/** Everything but the files that are listed for completeness only. */
export const USED_ROLES = ROLES.filter((role) => role !== 'unused');

/** One program for many targets, recognised by the scope that publishes it. */
const PARITY_SCOPES = { '@rollup/': 'rollup', '@esbuild/': 'esbuild' };

/**
 * @typedef {object} CorpusFile
 * @property {string} path `<package>/<path in the package>`: the name to show and to sort by
 * @property {string} file absolute path in the cache
 * @property {'npm' | 'debian'} registry
 * @property {string} role one of `ROLES`
 * @property {string} format `ELF`, `PE`, `Mach-O`, `Mach-O-fat`
 * @property {string} arch `x64`, `arm64`, …
 * @property {string | undefined} parityGroup `rollup`, `esbuild`, `busybox`
 * @property {number} bytes size of the file
 * @property {string} sha256
 */

/**
 * @typedef {object} CorpusPackage one download
 * @property {'npm' | 'debian'} registry
 * @property {string} name
 * @property {string} version
 * @property {string} [architecture] Debian's name of it
 * @property {string} digest `sha512-<base64>` (npm) or SHA-256 in hexadecimal (Debian) of the archive
 * @property {number} downloadBytes
 * @property {boolean} core part of the smaller set for quick runs
 * @property {string} directory absolute path in the cache
 * @property {CorpusFile[]} files
 */

/** Every package of the corpus, npm first. @returns {CorpusPackage[]} */
export function listPackages() {
  const { npm, debian } = JSON.parse(readFileSync(path.join(here, 'corpus.json'), 'utf8'));
  return [...npm.map(npmPackage), ...debian.map(debianPackage)];
}

function npmPackage({ name, version, integrity, download_bytes: downloadBytes, core = false, files }) {
  const parityGroup = Object.entries(PARITY_SCOPES).find(([scope]) => name.startsWith(scope))?.[1];
  const directory = path.join(CACHE, ...name.split('/'));
  return {
    ...{ registry: 'npm', name, version, digest: integrity, downloadBytes, core, directory },
    files: files.map((entry) => corpusFile('npm', name, directory, { ...entry, parity_group: parityGroup })),
  };
}

function debianPackage(entry) {
  const { package: name, version, debian_arch: architecture, deb_sha256: digest, deb_bytes } = entry;
  const label = `${name}_${architecture}`;
  const directory = path.join(CACHE, label);
  return {
    ...{
      registry: 'debian',
      name,
      version,
      architecture,
      digest,
      downloadBytes: deb_bytes,
      core: false,
      directory,
    },
    files: [corpusFile('debian', label, directory, entry)],
  };
}

/** @returns {CorpusFile} */
function corpusFile(
  registry,
  label,
  directory,
  { path: inside, role, format, arch, parity_group, bytes, sha256 },
) {
  const file = path.join(directory, ...inside.split('/'));
  return {
    path: `${label}/${inside}`,
    file,
    registry,
    role,
    format,
    arch,
    parityGroup: parity_group,
    bytes,
    sha256,
  };
}

/**
 * Packages with at least one file in the given roles.
 * @param {{ roles?: string[], core?: boolean }} [options] default: all used roles, all packages
 */
export function selectPackages({ roles = USED_ROLES, core = false } = {}) {
  const unknown = roles.filter((role) => !ROLES.includes(role));
  if (unknown.length > 0)
    throw new Error(`Unknown role '${unknown[0]}'; the corpus has ${ROLES.join(', ')}.`);
  return listPackages().filter((p) => (p.core || !core) && p.files.some((file) => roles.includes(file.role)));
}

/**
 * The cached files of the given roles, sorted by path so that results do not depend on the file system.
 * @param {{ roles?: string[], core?: boolean, parityGroup?: string, allowMissing?: boolean }} [options]
 *   `parityGroup` keeps one program's builds; `allowMissing` leaves out what is not in the cache
 * @returns {CorpusFile[]}
 * @throws Error naming the command to run when a file is missing
 */
export function loadCorpus({ roles = USED_ROLES, core = false, parityGroup, allowMissing = false } = {}) {
  const wanted = selectPackages({ roles, core })
    .flatMap((p) => p.files)
    .filter((file) => roles.includes(file.role))
    .filter((file) => parityGroup === undefined || file.parityGroup === parityGroup)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const present = wanted.filter(
    ({ file, bytes }) => statSync(file, { throwIfNoEntry: false })?.size === bytes,
  );
  if (present.length < wanted.length && !allowMissing) {
    const missing = wanted.find((file) => !present.includes(file));
    throw new Error(
      `${wanted.length - present.length} of ${wanted.length} corpus files are not in the cache (first: ${missing.path}). ` +
        `Run 'node benchmarks/binary/fetch-corpus.mjs --role ${roles.join(',')}${core ? ' --core' : ''}' first.`,
    );
  }
  return present;
}
