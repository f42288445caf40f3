"""The demo hospital: made by the simulator, loaded through the same doors as a real one."""

PASSWORD = "Zhikong-demo-2026"
