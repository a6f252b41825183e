"""What flowdsl costs, each workload beside plain asyncio in the same process."""
