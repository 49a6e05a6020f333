/** What replays use of the package `mujoco-js`, so that nothing here depends on it: `loadMujoco()` gives one. */
export interface MujocoLike {
  readonly FS: { writeFile(path: string, text: string): void; unlink(path: string): void };
  readonly MjModel: { loadFromXML(path: string): MujocoModel };
  readonly MjData: new (model: MujocoModel) => MujocoData;
  mj_step(model: MujocoModel, data: MujocoData): void;
  mj_forward(model: MujocoModel, data: MujocoData): void;
  mj_resetData(model: MujocoModel, data: MujocoData): void;
}

export interface MujocoModel {
  readonly nq: number;
  readonly nu: number;
  readonly nsite: number;
  delete(): void;
}

/** Each array is a view of the module's memory, which moves when it grows: read it anew rather than keep it. */
export interface MujocoData {
  /** `(nq)` positions. */
  readonly qpos: Float64Array;
  /** `(nu)` what the servos are told. */
  readonly ctrl: Float64Array;
  /** `(sites, 3)` in metres. */
  readonly site_xpos: Float64Array;
  delete(): void;
}
