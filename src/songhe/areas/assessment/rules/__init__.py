"""Pure decisions of assessing: who may assess, how long a result holds, who needs one."""
