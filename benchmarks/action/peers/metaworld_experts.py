"""Scripted experts of Meta-World (Yu et al., arXiv 1910.10897) at their tasks: what they told a Sawyer arm, and where it went."""
import os
import warnings
from importlib.metadata import version

os.environ.setdefault("MUJOCO_GL", "disable")

import gymnasium  # noqa: E402
import metaworld  # noqa: E402,F401
import numpy as np  # noqa: E402
from metaworld.policies import ENV_POLICY_MAP  # noqa: E402
from serve import serve  # noqa: E402

# Experts ask for more than the actions' range, and are clipped.
warnings.simplefilter("ignore")

JOINTS = [f"right_j{joint}" for joint in range(7)] + ["r_close", "l_close"]


class Experts:
    def tasks(self):
        return sorted(ENV_POLICY_MAP)

    def open(self, task, seed):
        self.env = gymnasium.make("Meta-World/MT1", env_name=task, seed=seed, disable_env_checker=True)
        self.policy = ENV_POLICY_MAP[task]()
        inner = self.env.unwrapped
        self.places = [inner.model.joint(name).qposadr[0] for name in JOINTS]
        return {"fps": 1 / inner.dt, "joints": JOINTS}

    def episode(self, hold):
        """One episode: until the task has been done for `hold` steps, or the time is up."""
        observation, _ = self.env.reset()
        actions, states, done = [], [], 0
        while done <= hold:
            states.append(self.env.unwrapped.data.qpos[self.places].tolist())
            low, high = self.env.action_space.low, self.env.action_space.high
            action = np.clip(self.policy.get_action(observation), low, high)
            actions.append(action.tolist())
            observation, _, _, truncated, info = self.env.step(action)
            done = done + 1 if info["success"] > 0 else 0
            if truncated:
                break
        return {"actions": actions, "states": states, "success": done > 0}

    def close(self):
        self.env.close()
        return True


experts = Experts()
names = ["tasks", "open", "episode", "close"]
serve(f"metaworld {version('metaworld')}, mujoco {version('mujoco')}", {name: getattr(experts, name) for name in names})
