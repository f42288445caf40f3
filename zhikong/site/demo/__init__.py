"""The demo hospital: made by the simulator, loaded through the same doors as a real one."""
