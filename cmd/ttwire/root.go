package main

import "github.com/spf13/cobra"

// newRoot makes the command that holds the others. Cobra adds help and shell
// completion to it.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "ttwire",
		Short: "Look into TTHeader Streaming traffic",
		Long: `ttwire shows TTHeader Streaming as it is on the wire: every frame with its
pairs and, where one is illegal, what is wrong with it and at which byte. And it
explains the errors that programs print about it.`,
		Example: `  ttwire dump recording.bin          show its frames
  ttwire dump --json recording.bin   the same, one JSON object a line
  ttwire tap --listen :9001 --upstream :9000
                                     show frames as they pass
  ttwire explain 12007               what a code means and what to check
  ttwire explain app.log             the errors in a log
  source <(ttwire completion bash)   complete commands and flags in this shell`,
		SilenceErrors: true, // run prints them
		SilenceUsage:  true,
	}
	root.AddCommand(newDumpCommand(), newExplainCommand(), newTapCommand())
	return root
}
